// Orbits double by fma or by addition, as suits the CPU's pipes (kernels/simd/pipes.h), so on any
// one machine the kernels run only one mix of the two. Here both mixes run, on every instruction
// set of this CPU, against the definition.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tests/unit/kernels/doubling_test.cpp"
#include <hwy/foreach_target.h>

#include "kernels/simd/orbits-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

template <std::size_t kFusedOf>
void iterate_all(std::size_t count, const double* cx, const double* cy, double* x, double* y,
                 std::size_t steps) {
  HWY_ALIGN_MAX double group[4][kWidth];
  for (std::size_t i = 0; i + kWidth <= count; i += kWidth) {
    copy_group(cx + i, group[0]);
    copy_group(cy + i, group[1]);
    fill_group(group[2], 0.0);
    fill_group(group[3], 0.0);
    iterate<kFusedOf>(group[0], group[1], group[2], group[3], group[2], group[3], steps);
    copy_group(group[2], x + i);
    copy_group(group[3], y + i);
  }
}

}  // namespace

void iterate_by_fma(std::size_t count, const double* cx, const double* cy, double* x, double* y,
                    std::size_t steps) {
  iterate_all<1>(count, cx, cy, x, y, steps);
}

void iterate_by_both(std::size_t count, const double* cx, const double* cy, double* x, double* y,
                     std::size_t steps) {
  iterate_all<3>(count, cx, cy, x, y, steps);
}

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <bit>
#include <cmath>
#include <gtest/gtest.h>
#include <hwy/aligned_allocator.h>
#include <random>

namespace mandel {
namespace {

HWY_EXPORT(iterate_by_fma);
HWY_EXPORT(iterate_by_both);

constexpr std::size_t kPoints = 64 * 6 * 20;  // whole groups, whatever their width

struct Points {
  hwy::AlignedFreeUniquePtr<double[]> x = hwy::AllocateAligned<double>(kPoints);
  hwy::AlignedFreeUniquePtr<double[]> y = hwy::AllocateAligned<double>(kPoints);
};

// All over the disc of radius 2, and on and next to its axes, where products vanish or underflow.
Points points() {
  Points c;
  std::mt19937_64 random(20110620);
  std::uniform_real_distribution<double> anywhere(-1.4, 1.4);
  std::uniform_real_distribution<double> exponent(-1074.0, 0.0);
  for (std::size_t i = 0; i < kPoints; ++i) {
    c.x[i] = anywhere(random);
    c.y[i] = i % 3 == 0 ? anywhere(random) : std::copysign(std::exp2(exponent(random)), c.x[i]);
    if (i % 7 == 0) c.y[i] = -0.0;
    if (i % 11 == 0) std::swap(c.x[i], c.y[i]);
  }
  return c;
}

Points by_definition(const Points& c, std::size_t steps) {
  Points z;
  for (std::size_t i = 0; i < kPoints; ++i) {
    double x = 0.0, y = 0.0;
    for (std::size_t n = 0; n < steps; ++n) {
      const double next_x = (x * x - y * y) + c.x[i];
      y = (x * y + y * x) + c.y[i];
      x = next_x;
    }
    z.x[i] = x;
    z.y[i] = y;
  }
  return z;
}

// Every bit, but that one NaN is as good as another.
bool same(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
         (std::isnan(a) && std::isnan(b));
}

void expect_same(const Points& a, const Points& b, const Points& c) {
  std::size_t different = 0;
  for (std::size_t i = 0; i < kPoints; ++i) {
    if (same(a.x[i], b.x[i]) && same(a.y[i], b.y[i])) continue;
    if (different++ == 0) ADD_FAILURE() << "first at c = " << c.x[i] << " + " << c.y[i] << "i";
  }
  EXPECT_EQ(different, 0u);
}

TEST(Doubling, IsTheSameByFmaAndByAdditionOnEveryInstructionSet) {
  const Points c = points();
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    SCOPED_TRACE(hwy::TargetName(target));
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
    for (const std::size_t steps : {1, 2, 3, 12, 40}) {
      SCOPED_TRACE(steps);
      const Points expected = by_definition(c, steps);
      Points z;
      HWY_DYNAMIC_DISPATCH(iterate_by_fma)
      (kPoints, c.x.get(), c.y.get(), z.x.get(), z.y.get(), steps);
      expect_same(z, expected, c);
      HWY_DYNAMIC_DISPATCH(iterate_by_both)
      (kPoints, c.x.get(), c.y.get(), z.x.get(), z.y.get(), steps);
      expect_same(z, expected, c);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace
}  // namespace mandel
#endif
