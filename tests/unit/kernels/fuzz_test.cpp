// Random coordinates, sizes and limits where a rule of thumb breaks: far outside, on the real axis,
// at the tip, pixels narrower than the spacing of doubles, zeros of both signs, coordinates in no
// order. Each run takes a fresh seed and prints it; MANDEL_FUZZ_SEED repeats one, and
// MANDEL_FUZZ_CASES says how many cases each backend gets.
#include <algorithm>
#include <cmath>
#include <complex>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <initializer_list>
#include <limits>
#include <numbers>
#include <random>
#include <tuple>

#include "tests/unit/kernels/compare.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel {
namespace {

constexpr std::uint64_t kCasesDefault = 1000;
constexpr std::uint64_t kIterationsMax = 3'000'000;  // of one case: some ten milliseconds
constexpr double kDenormal = std::numeric_limits<double>::denorm_min();

using Random = std::mt19937_64;

double uniform(Random& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

template <typename T>
T any_of(Random& random, std::initializer_list<T> choices) {
  return choices.begin()[random() % choices.size()];
}

struct Case {
  const char* kind = "";
  Axes axes;
  std::uint32_t max_iter = 0;
};

std::uint32_t random_size(Random& random) {
  const auto size = static_cast<std::uint32_t>(1 + random() % 100);
  return any_of<std::uint32_t>(random, {1, 2, 7, 8, 9, 16, 17, 31, 64, 65, size});
}

// From a pixel of the whole set down to less than the spacing of doubles.
double random_step(Random& random) { return std::exp2(uniform(random, -60.0, -2.0)); }

View random_view(Random& random, double x, double y) {
  return {x, y, random_step(random), random_step(random), random_size(random), random_size(random)};
}

Axes shuffled(Random& random, std::initializer_list<double> xs, std::initializer_list<double> ys) {
  Axes axes{xs, ys};
  std::ranges::shuffle(axes.xs, random);
  std::ranges::shuffle(axes.ys, random);
  return axes;
}

std::pair<const char*, Axes> random_axes(Random& random) {
  const double x = uniform(random, -2.1, 0.7);
  const double y = uniform(random, -1.3, 1.3);
  switch (random() % 9) {
    case 0:
      return {"a box", view_axes(random_view(random, x, y))};
    case 1: {
      const double scale = any_of(random, {2.0, 3.0, 1e3, 1e200, 1e307});
      return {"beyond |c| = 2", view_axes(random_view(random, x * scale, y * scale))};
    }
    case 2:
      return {"on the real axis", view_axes(random_view(random, x, 0.0))};
    case 3:
      return {"around the tip", view_axes(random_view(random, -2.0, 0.0))};
    case 4: {
      const double step = kDenormal * static_cast<double>(random() % 4);
      return {"denormal steps", view_axes({any_of(random, {0.0, x}), any_of(random, {0.0, y}), step,
                                           step, random_size(random), random_size(random)})};
    }
    case 5:
      return {"signed zeros", shuffled(random, {0.0, -0.0, kDenormal, -kDenormal, x, -2.0, 0.25},
                                       {0.0, -0.0, -kDenormal, kDenormal, y, 1.0})};
    case 6: {
      Axes axes = view_axes(random_view(random, x, y));
      std::ranges::shuffle(axes.xs, random);
      std::ranges::shuffle(axes.ys, random);
      return {"in no order", axes};
    }
    case 7: {  // where the closed forms for the interior end
      const double angle = uniform(random, 0.0, 2.0 * std::numbers::pi);
      const std::complex<double> w = std::polar(0.5, angle);
      const std::complex<double> c = random() % 2 == 0 ? w - w * w : 0.5 * w - 1.0;
      const double step = std::exp2(uniform(random, -40.0, -6.0));
      return {"the edge of the cardioid or the disc",
              view_axes({c.real(), c.imag(), step, step, any_of<std::uint32_t>(random, {1, 3, 8}),
                         any_of<std::uint32_t>(random, {1, 3, 8})})};
    }
    default: {  // where it is not safe to test for escape only now and then
      const double angle = uniform(random, 0.0, 2.0 * std::numbers::pi);
      View view = random_view(random, 2.0 * std::cos(angle), 2.0 * std::sin(angle));
      view.step_x = view.step_y = std::exp2(uniform(random, -55.0, -20.0));
      return {"on the circle |c| = 2", view_axes(view)};
    }
  }
}

Case random_case(Random& random) {
  Case c;
  std::tie(c.kind, c.axes) = random_axes(random);
  const std::uint64_t pixels = c.axes.xs.size() * c.axes.ys.size();
  const auto limit = static_cast<std::uint32_t>(std::exp2(uniform(random, 0.0, 17.0)));
  c.max_iter = any_of<std::uint32_t>(random, {0, 1, 2, 3, limit, limit, limit, limit, limit});
  c.max_iter =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(c.max_iter, kIterationsMax / pixels));
  return c;
}

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Fuzz : public EachBackend {};

TEST_P(Fuzz, AgreesWithTheReferenceInEveryPixel) {
  const std::uint64_t seed = from_environment("MANDEL_FUZZ_SEED", std::random_device{}());
  const std::uint64_t cases = from_environment("MANDEL_FUZZ_CASES", kCasesDefault);
  std::printf("MANDEL_FUZZ_SEED=%llu, %llu cases\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(cases));
  Random random(seed);
  for (std::uint64_t i = 0; i < cases; ++i) {
    const Case c = random_case(random);
    SCOPED_TRACE("MANDEL_FUZZ_SEED=" + std::to_string(seed) + ", case " + std::to_string(i) + ": " +
                 c.kind + ", " + std::to_string(c.axes.xs.size()) + " x " +
                 std::to_string(c.axes.ys.size()) + ", max_iter " + std::to_string(c.max_iter));
    ASSERT_EQ(difference(*kernel, c.axes, c.max_iter, reference(c.axes, c.max_iter)), std::nullopt);
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Fuzz, testing::ValuesIn(exact_backends()), backend_name);

}  // namespace
}  // namespace mandel
