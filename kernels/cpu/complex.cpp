// The `complex` backend: the loop as one writes it first, z = z * z + c with std::complex, as the
// tutorial's pure Python version. It is here to show what the expanded form saves.
//
// Why its bits are those of `scalar`: for z * z the compiler evaluates x*x - y*y and x*y + y*x (or
// the same doubled product), each rounded on its own, and std::norm is x*x + y*y. Where both parts
// come out NaN, the product is computed again by a library routine that knows about infinities; no
// orbit gets there, because z is at most 2 in magnitude before every product.
#include <algorithm>
#include <complex>

#include "kernels/backends.h"

namespace mandel {
namespace {

using StdComplex = std::complex<double>;

// Iterates until z escapes or n reaches `until`; tells whether it escaped.
bool advance(StdComplex& z, StdComplex c, std::uint32_t& n, std::uint32_t until) {
  bool escaped = false;
  for (; !escaped && n < until; ++n) {
    z = z * z + c;
    escaped = std::norm(z) > 4.0;
  }
  return escaped;
}

class ComplexKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    KernelStats stats;
    std::uint64_t polled_at = 0;
    std::size_t cell = 0;
    for (const double cy : ys) {
      for (const double cx : xs) {
        StdComplex z = 0.0;
        std::uint32_t n = 0;
        bool escaped = false;
        while (!escaped && n < max_iter) {
          const std::uint32_t before = n;
          escaped = advance(z, {cx, cy}, n,
                            before + std::min(kIterationsBetweenPolls, max_iter - before));
          stats.executed += n - before;
          if (stats.executed - polled_at < kIterationsBetweenPolls) continue;
          polled_at = stats.executed;
          if (stop.stop_requested()) return {stats.executed, 0, true};
        }
        out[cell++] = escaped ? n - 1 : 0;
      }
    }
    return stats;
  }
};

std::unique_ptr<Kernel> make_complex() { return std::make_unique<ComplexKernel>(); }

}  // namespace

const Backend kComplexBackend = {"complex", "cpu", kExactF64,
                                 "std::complex<double>, as one writes it first", make_complex};

}  // namespace mandel
