// The GPU kernels' control flow, run on the host: the same per-thread functions that nvcc and
// OpenCL compile for the device, driven by loops in place of a grid, against `scalar` bit for bit.
// This covers what each thread does (fronts, blocks, refill, replay, cycles, slices); it can't
// cover launches, copies and atomics, which only a GPU runs (deploy/gpu-check.sh).
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

#include "kernels/cpu/scalar.h"
#include "kernels/cuda/passes.h"
#include "kernels/gpu/threads.h"
#include "kernels/grid.h"

namespace mandel::gpu {
namespace {

struct Case {
  std::string name;
  Axes axes;
  std::uint32_t max_iter;
};

// What the threads of a band share, without atomics.
struct HostWork {
  std::vector<std::uint32_t> pixels;
  std::size_t taken = 0;
  std::vector<Escape> escapes;
};

void queue(HostWork* work, std::uint32_t pixel) { work->pixels.push_back(pixel); }
std::uint32_t take(HostWork* work) {
  return work->taken < work->pixels.size() ? work->pixels[work->taken++] : kNoPixel;
}
void hand_over(HostWork* work, const Escape& escape) { work->escapes.push_back(escape); }

struct Result {
  std::vector<std::uint32_t> counts;
  Tally tally;
};

// Cuts the grid into bands of `pixels_max`, as the engine does, and gives each to `compute`.
template <class Compute>
Result for_each_band(const Case& job, std::uint32_t pixels_max, Compute compute) {
  const std::size_t columns = job.axes.xs.size();
  const std::size_t total = columns * job.axes.ys.size();
  Result result{std::vector<std::uint32_t>(total, 77), {}};
  for (std::size_t first = 0; first < total; first += pixels_max) {
    const auto pixels =
        static_cast<std::uint32_t>(std::min<std::size_t>(pixels_max, total - first));
    std::vector<std::uint16_t> narrow(pixels, 77);
    Band band{job.axes.xs.data(),
              job.axes.ys.data(),
              static_cast<std::uint32_t>(columns),
              static_cast<std::uint32_t>(first / columns),
              static_cast<std::uint32_t>(first % columns),
              pixels,
              job.max_iter,
              counts_fit_16_bits(job.max_iter),
              true,
              result.counts.data() + first,
              nullptr};
    if (band.narrow) band.counts = narrow.data();
    compute(band, result.tally);
    if (band.narrow) std::copy(narrow.begin(), narrow.end(), result.counts.begin() + first);
  }
  return result;
}

// `lanes` threads, each slice giving all of them `blocks` blocks.
Result emulate_refill(const Case& job, std::uint32_t pixels_max, std::size_t lanes,
                      std::uint32_t blocks, bool shortcuts = true) {
  return for_each_band(job, pixels_max, [&](Band band, Tally& tally) {
    band.shortcuts = shortcuts;
    HostWork work;
    for (std::uint32_t pixel = 0; pixel < band.pixels; ++pixel) front(&band, pixel, &work, &tally);
    std::vector<Lane> threads(lanes);
    bool live = true;
    while (live || work.taken < work.pixels.size()) {
      live = false;
      for (Lane& lane : threads) {
        refill(&lane, &band, blocks, &work, &tally);
        live |= lane.busy;
      }
    }
    for (const Escape& escape : work.escapes) resolve(&band, escape, &tally);
  });
}

Result emulate_simple(const Case& job, std::uint32_t pixels_max, std::uint32_t slice) {
  return for_each_band(job, pixels_max, [&](const Band& band, Tally&) {
    std::vector<Orbit> orbits(band.pixels);
    std::uint32_t until = 0;
    do {
      until += std::min(slice, band.max_iter - until);
      for (std::uint32_t pixel = 0; pixel < band.pixels; ++pixel)
        follow(&band, pixel, until, &orbits[pixel]);
    } while (until < band.max_iter);
  });
}

Result emulate_sweep(const Case& job, std::uint32_t pixels_max) {
  return for_each_band(job, pixels_max, [&](const Band& band, Tally&) {
    std::vector<Complex> z(band.pixels);
    std::vector<std::uint32_t> count(band.pixels, cuda::kNotYet);
    for (std::uint32_t n = 0; n < band.max_iter; ++n) {
      for (std::uint32_t p = 0; p < band.pixels; ++p) cuda::square_and_add(band, p, z[p]);
      for (std::uint32_t p = 0; p < band.pixels; ++p) cuda::record_escape(z[p], n, count[p]);
    }
    for (std::uint32_t p = 0; p < band.pixels; ++p)
      store(&band, p, count[p] == cuda::kNotYet ? 0 : count[p]);
  });
}

struct Expected {
  std::vector<std::uint32_t> counts;
  std::uint64_t iterations = 0;
};

Expected reference(const Case& job) {
  Expected expected;
  for (const double cy : job.axes.ys) {
    for (const double cx : job.axes.xs) {
      mandel::Orbit orbit;
      mandel::advance(orbit, cx, cy, job.max_iter);
      expected.counts.push_back(orbit.escaped ? orbit.n - 1 : 0);
      expected.iterations += orbit.n;
    }
  }
  return expected;
}

Axes view(double x, double y, double width, std::uint32_t columns, std::uint32_t rows) {
  const double step = width / columns;
  return view_axes({x, y, step, step, columns, rows});
}

// KERNELS' views at test size, and the places where a shortcut could go wrong.
std::vector<Case> cases() {
  const double inf = std::numeric_limits<double>::infinity();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      {"Tutorial", tutorial_axes(300), 1000},
      {"DeepSpiral", view(-0.743643887037151, 0.131825904205330, 1e-6, 31, 29), 20000},
      {"InsideTheCardioid", view(-0.1, 0.1, 0.1, 31, 7), 70000},
      {"CuspOfTheCardioid", view(0.25, 0.0, 0.01, 31, 31), 50000},
      {"BulbMeetsCardioid", view(-0.75, 0.0, 0.01, 31, 31), 50000},
      {"AllDetail", view(-0.7453, 0.1127, 6.5e-4, 101, 99), 5000},
      {"PeriodThreeIsland", view(-1.7548, 0.0, 0.04, 63, 31), 3000},
      {"AroundMinusTwo", view(-2.0, 0.0, 1e-7, 31, 31), 2000},
      {"RingOfRadiusTwo",
       {{-2.0, -1.9999999999, std::nextafter(-2.0, -3.0), 2.0, 0.0},
        {0.0, -0.0, 2.0, -2.0, 5e-324, 1.4142135623730951}},
       3000},
      {"RealAxis", {view(-0.7, 0, 2.8, 500, 1).xs, {0.0}}, 2000},
      {"NotNumbers", {{nan, inf, -inf, 1e308, 0.0}, {nan, inf, 0.0, -1e308}}, 100},
      {"OneColumn", view(-0.5, 0.6, 0.5, 1, 499), 1000},
      {"NoLimit", tutorial_axes(100), 0},
      {"OneIteration", tutorial_axes(100), 1},
      {"LimitBelowTheFront", tutorial_axes(100), 15},
      {"LimitOfTheFront", tutorial_axes(100), 16},
      {"LimitInsideABlock", tutorial_axes(100), 17},
      {"LastNarrowLimit", tutorial_axes(20), 65536},
      {"FirstWideLimit", tutorial_axes(20), 65537},
      {"Empty", {}, 100},
  };
}

class GpuEmulation : public testing::TestWithParam<Case> {};

TEST_P(GpuEmulation, RefillGivesTheReferencesCounts) {
  const Expected expected = reference(GetParam());
  for (const std::uint32_t pixels_max : {1000u, 1u << 22}) {
    for (const auto& [lanes, blocks] : {std::pair{1u, 1u}, {7u, 3u}, {64u, 1000u}}) {
      SCOPED_TRACE(testing::Message() << pixels_max << " pixels a band, " << lanes << " lanes, "
                                      << blocks << " blocks a slice");
      const Result result = emulate_refill(GetParam(), pixels_max, lanes, blocks);
      ASSERT_EQ(result.counts, expected.counts);
      // What was carried out and what was proved unnecessary make up the naive loop.
      EXPECT_EQ(result.tally.executed + result.tally.skipped, expected.iterations);
    }
  }
}

TEST_P(GpuEmulation, RefillWithoutShortcutsCarriesOutEveryIteration) {
  const Expected expected = reference(GetParam());
  const Result result = emulate_refill(GetParam(), 1000, 64, 100, false);
  ASSERT_EQ(result.counts, expected.counts);
  EXPECT_EQ(result.tally.executed, expected.iterations);
}

TEST_P(GpuEmulation, SimpleGivesTheReferencesCounts) {
  const Expected expected = reference(GetParam());
  for (const std::uint32_t slice : {1000u, 7u})
    ASSERT_EQ(emulate_simple(GetParam(), 1000, slice).counts, expected.counts);
}

TEST_P(GpuEmulation, SweepGivesTheReferencesCounts) {
  Case job = GetParam();
  job.max_iter = std::min(job.max_iter, 5000u);  // every pass runs to the limit
  ASSERT_EQ(emulate_sweep(job, 1000).counts, reference(job).counts);
}

INSTANTIATE_TEST_SUITE_P(Views, GpuEmulation, testing::ValuesIn(cases()),
                         [](const auto& instance) { return instance.param.name; });

TEST(GpuEmulation, HugeLimitIsReachedThroughCycles) {
  // -1.3 is in the disc of period 4, outside both closed forms: only its cycle ends the loop.
  const Case job{"", {{-1.3}, {0.0}}, 2147483647};
  const Result result = emulate_refill(job, 1u << 22, 1, 100);
  EXPECT_EQ(result.counts, std::vector<std::uint32_t>{0});
  EXPECT_LT(result.tally.executed, 100000u);
}

}  // namespace
}  // namespace mandel::gpu
