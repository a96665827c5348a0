// See deep_loops.h.
#include "tests/bench/deep_loops.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "common/base/clock.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/pixels.h"
#include "kernels/deep/real.h"
#include "tests/bench/bare.h"

namespace mandel {
namespace {

constexpr double kNoJumps = 0;  // a tolerance
constexpr double kUsual = 0x1p-53;
constexpr double kNarrowest = 0x1p-380;  // |d| for which the ladder begins in doubles

struct Setting {
  Reference reference;
  std::vector<Pixel<double>> pixels;
  double d_max = 0;
  std::uint32_t max_iter = 0;
};

Setting setting(const DeepView& view, std::uint32_t max_iter) {
  const ExactGrid grid(view);
  Setting made;
  made.max_iter = max_iter;
  made.reference = reference_orbit(grid.centre_x(), grid.centre_y(), max_iter, grid.pixel_bits(),
                                   std::size_t{1} << 30, {});
  const auto offset = [](const mpq_class& at, const mpq_class& from) {
    return rounded<double>(to_wide_pair(mpq_class(at - from)));
  };
  for (std::uint32_t row = 0; row < grid.rows(); ++row)
    for (std::uint32_t column = 0; column < view.columns; ++column) {
      Pixel<double>& pixel = made.pixels.emplace_back();
      pixel.d = {offset(grid.x(column), grid.centre_x()), offset(grid.y(row), grid.centre_y())};
      made.d_max = std::max(made.d_max, size_up(pixel.d));
    }
  return made;
}

template <bool kIsProved, typename Run>
double pixel_us(const Setting& setting, double tolerance, unsigned repeats, Run run) {
  const Rung<double, double, kIsProved> rung(setting.reference, setting.d_max, tolerance, true, {});
  double best = std::numeric_limits<double>::infinity();
  for (unsigned k = 0; k < repeats; ++k) {
    std::vector<Pixel<double>> pixels(setting.pixels);
    const Nanoseconds began = process_cpu_now();
    run(rung, std::span(pixels), setting.max_iter, StopPoll());
    const auto ns = static_cast<double>(process_cpu_now() - began);
    best = std::min(best, ns / 1e3 / static_cast<double>(pixels.size()));
  }
  return best;
}

}  // namespace

std::optional<DeepLoops> measure_deep_loops(const DeepView& view, std::uint32_t max_iter,
                                            unsigned repeats) {
  const Setting made = setting(view, max_iter);
  if (!(made.d_max > kNarrowest)) return std::nullopt;
  const auto one_by_one = [](const auto&... all) { return run_one_by_one(all...); };
  const auto proved = [](const auto&... all) { return run_pixels(all...); };
  return DeepLoops{
      .bare_one_us = pixel_us<false>(made, kNoJumps, repeats, one_by_one),
      .bare_us = pixel_us<false>(made, kNoJumps, repeats, run_bare),
      .bounded_us = pixel_us<true>(made, kNoJumps, repeats, proved),
      .unproved_us = pixel_us<false>(made, kUsual, repeats, run_bare),
  };
}

}  // namespace mandel
