// The `deep-naive` backend: the oracle, pixel after pixel. Nothing is prepared, nothing is skipped.
// Its pixels count as the oracle's, whom the `deep` backend asks last.
#include <algorithm>

#include "kernels/deep/backends.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/oracle.h"

namespace mandel {
namespace {

class NaiveEngine final : public DeepEngine {
 public:
  NaiveEngine(const DeepView& view, std::uint32_t max_iter)
      : grid_(view), columns_(view.columns), max_iter_(max_iter) {}

  KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                  StopPoll stop) override {
    KernelStats stats;
    for (std::uint32_t r = 0; r < rows; ++r) {
      for (std::uint32_t k = 0; k < columns_; ++k) {
        const OracleCount pixel = true_count(grid_, k, first_row + r, max_iter_, stop);
        stats.executed += pixel.iterations;
        stats.stopped = pixel.stopped || (k % 64 == 0 && stop.stop_requested());
        if (stats.stopped) return stats;
        out[std::size_t{r} * columns_ + k] = pixel.count;
      }
    }
    stats.undecided_first = stats.undecided_second = out.size();
    return stats;
  }

 private:
  const ExactGrid grid_;
  const std::uint32_t columns_;
  const std::uint32_t max_iter_;
};

std::unique_ptr<DeepEngine> make_naive(const DeepView& view, std::uint32_t max_iter) {
  return std::make_unique<NaiveEngine>(view, max_iter);
}

}  // namespace

const DeepBackend kDeepNaiveBackend = {
    "deep-naive", "the definition in MPFR, a pixel at a time: slow, what others are tested with",
    make_naive};

}  // namespace mandel
