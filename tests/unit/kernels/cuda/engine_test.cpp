// The host's half of the CUDA backends (bands, slots, copies, stopping, failing) on a runtime
// without a device, with the host's build of the kernels' control flow as the program.
#include "kernels/cuda/engine.h"

#include <functional>
#include <gtest/gtest.h>
#include <vector>

#include "fake_runtime.h"
#include "kernels/cpu/scalar.h"
#include "kernels/cuda/check.h"
#include "kernels/grid.h"

namespace mandel::cuda {
namespace {

std::function<void()> on_slice = [] {};  // what else happens while a slice runs

// What the threads share, without atomics.
struct Queues {
  std::uint32_t* pixels;
  gpu::Escape* escapes;
  Progress* progress;
};

void queue(Queues* work, std::uint32_t pixel) { work->pixels[work->progress->queued++] = pixel; }
std::uint32_t take(Queues* work) {
  return work->progress->taken < work->progress->queued ? work->pixels[work->progress->taken++]
                                                        : gpu::kNoPixel;
}
void hand_over(Queues* work, const gpu::Escape& escape) {
  work->escapes[work->progress->escaped++] = escape;
}

// RefillProgram of refill.cu with a loop in place of each grid.
class HostProgram final : public Program {
 public:
  void start(const Band& band, cudaStream_t stream) override {
    pixels_.assign(band.pixels, gpu::kNoPixel);
    escapes_.assign(band.pixels, {});
    lanes_.assign(kLanes, {});
    fake::enqueue(stream, [this, band] {
      Queues queues{pixels_.data(), escapes_.data(), band.progress};
      gpu::Tally tally{};
      for (std::uint32_t pixel = 0; pixel < band.pixels; ++pixel)
        front(&band, pixel, &queues, &tally);
      report(band, tally);
    });
    check_launch("front");
  }

  void slice(const Band& band, std::uint32_t budget, cudaStream_t stream) override {
    fake::enqueue(stream, [this, band, budget] {
      on_slice();
      Queues queues{pixels_.data(), escapes_.data(), band.progress};
      gpu::Tally tally{};
      for (gpu::Lane& lane : lanes_) {
        refill(&lane, &band, budget, &queues, &tally);
        band.progress->live += lane.busy;
      }
      report(band, tally);
    });
    check_launch("refill");
  }

  bool done(const Band&, const Progress& progress) const override {
    return progress.live == 0 && progress.taken >= progress.queued;
  }

  void finish(const Band& band, cudaStream_t stream) override {
    fake::enqueue(stream, [this, band] {
      gpu::Tally tally{};
      for (std::uint32_t i = 0; i < band.progress->escaped; ++i)
        resolve(&band, escapes_[i], &tally);
      report(band, tally);
    });
    check_launch("resolve");
  }

  std::uint32_t first_budget() const override { return 4; }

 private:
  static constexpr std::size_t kLanes = 50;

  static void report(const Band& band, const gpu::Tally& tally) {
    band.progress->executed += tally.executed;
    band.progress->skipped += tally.skipped;
  }

  std::vector<std::uint32_t> pixels_;
  std::vector<gpu::Escape> escapes_;
  std::vector<gpu::Lane> lanes_;
};

std::unique_ptr<Program> make_host_program() { return std::make_unique<HostProgram>(); }

std::vector<std::uint32_t> expected(const Axes& axes, std::uint32_t max_iter) {
  std::vector<std::uint32_t> counts;
  for (const double cy : axes.ys)
    for (const double cx : axes.xs) counts.push_back(scalar_count(cx, cy, max_iter));
  return counts;
}

// What the naive loop carries out.
std::uint64_t iterations(const Axes& axes, std::uint32_t max_iter) {
  std::uint64_t sum = 0;
  for (const double cy : axes.ys) {
    for (const double cx : axes.xs) {
      mandel::Orbit orbit;
      mandel::advance(orbit, cx, cy, max_iter);
      sum += orbit.n;
    }
  }
  return sum;
}

class CudaEngine : public testing::Test {
 protected:
  ~CudaEngine() override {
    fake::heal();
    on_slice = [] {};
  }

  std::vector<std::uint32_t> counts(const Axes& axes, std::uint32_t max_iter,
                                    std::stop_token stop = {}) {
    std::vector<std::uint32_t> out(axes.xs.size() * axes.ys.size(), 77);
    stats = engine->run(axes.xs, axes.ys, max_iter, out, stop);
    return out;
  }

  std::unique_ptr<Engine> engine = std::make_unique<Engine>(0, make_host_program);
  KernelStats stats;
};

TEST_F(CudaEngine, GivesTheReferencesCountsWideAndNarrow) {
  const Axes axes = tutorial_axes(99);
  for (const std::uint32_t max_iter : {0u, 1u, 17u, 1000u, 65536u, 65537u}) {
    SCOPED_TRACE(max_iter);
    EXPECT_EQ(counts(axes, max_iter), expected(axes, max_iter));
  }
  EXPECT_FALSE(stats.stopped);
  EXPECT_GT(stats.device_seconds, 0.0);
}

TEST_F(CudaEngine, CutsAGridIntoBandsAnywhereInARow) {
  const Axes square = view_axes({-0.5, 0, 1e-3, 1e-3, 3001, 2999});  // two bands and a bit
  EXPECT_EQ(counts(square, 30), expected(square, 30));
  EXPECT_EQ(stats.executed + stats.skipped, iterations(square, 30));
  const Axes row = view_axes({-0.5, 0.1, 1e-6, 1, kBandPixelsMax + 1, 1});
  EXPECT_EQ(counts(row, 30), expected(row, 30));
}

TEST_F(CudaEngine, OfAnEmptyGridTouchesNoDevice) {
  fake::fail_after(0, cudaErrorNoDevice, true);
  EXPECT_TRUE(counts({{}, {1.0}}, 100).empty());
  EXPECT_TRUE(counts({{1.0}, {}}, 100).empty());
  EXPECT_FALSE(fake::has_failed());
}

TEST_F(CudaEngine, StopsWithinASliceAndGoesOnToAnotherJob) {
  const Axes axes{{0.25, 0.25}, {0.0}};  // never escapes, and has no cycle within reach
  std::stop_source source;
  int slices = 0;
  on_slice = [&] {
    if (++slices == 3) source.request_stop();
  };
  counts(axes, 0x7fffffff, source.get_token());
  EXPECT_TRUE(stats.stopped);
  EXPECT_EQ(slices, 3);
  const Axes next = tutorial_axes(50);
  EXPECT_EQ(counts(next, 100), expected(next, 100));
}

TEST_F(CudaEngine, StoppedBeforeItBeginsComputesNothing) {
  std::stop_source source;
  source.request_stop();
  on_slice = [] { FAIL() << "a slice ran"; };
  counts(tutorial_axes(50), 100, source.get_token());
  EXPECT_TRUE(stats.stopped);
}

TEST_F(CudaEngine, SaysWhatFailed) {
  fake::fail_after(1, cudaErrorMemoryAllocation, false);
  try {
    counts(tutorial_axes(50), 100);
    FAIL() << "nothing was thrown";
  } catch (const DeviceError& error) {
    EXPECT_STREQ(error.what(), "CUDA could not make a stream: out of something (cudaErrorFake)");
  }
}

// Whichever call fails, the run throws, nothing leaks, and the next run is right.
TEST_F(CudaEngine, OutlivesAFailureOfAnyCall) {
  const Axes axes = tutorial_axes(40);
  const auto right = expected(axes, 1000);
  for (int calls = 0;; ++calls) {
    SCOPED_TRACE(calls);
    engine = std::make_unique<Engine>(0, make_host_program);
    fake::fail_after(calls, cudaErrorMemoryAllocation, false);
    try {
      ASSERT_EQ(counts(axes, 1000), right);
      if (!fake::has_failed()) break;
      ADD_FAILURE() << "the failure was swallowed";
    } catch (const DeviceError&) {
    }
    fake::heal();
    ASSERT_EQ(counts(axes, 1000), right);
  }
  engine.reset();
  EXPECT_EQ(fake::owned(), 0);
}

TEST_F(CudaEngine, OfALostDeviceThrowsEveryTimeAndIsDestroyedQuietly) {
  counts(tutorial_axes(40), 100);
  fake::fail_after(3, cudaErrorDevicesUnavailable, true);
  for (int i = 0; i < 3; ++i) EXPECT_THROW(counts(tutorial_axes(40), 100), DeviceError);
  engine.reset();
  EXPECT_EQ(fake::owned(), 0);
}

}  // namespace
}  // namespace mandel::cuda
