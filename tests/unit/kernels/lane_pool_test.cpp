// The pool of lanes with real threads and the reference kernel, and with kernels made for the
// purpose.
#include "kernels/lane_pool.h"

#include <atomic>
#include <gtest/gtest.h>
#include <semaphore>
#include <set>

#include "kernels/cpu/scalar.h"
#include "kernels/deep/engine.h"
#include "kernels/registry.h"

namespace mandel {
namespace {

// Collects results and lets the test wait for them.
class Collector {
 public:
  std::function<void(LaneResult)> callback() {
    return [this](LaneResult result) {
      const std::lock_guard lock(mutex_);
      results_.push_back(std::move(result));
      came_.notify_all();
    };
  }
  // The results, once there are `count`; fewer if a deadline passes first.
  std::vector<LaneResult> take(std::size_t count) {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(60), [&] { return results_.size() >= count; });
    return std::exchange(results_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<LaneResult> results_;
};

std::shared_ptr<const Axes> tutorial(std::uint32_t size) {
  return std::make_shared<const Axes>(tutorial_axes(size));
}

std::vector<Lane> lanes_of(const Backend* backend, std::size_t count) {
  return std::vector(count, Lane{backend, 0});
}

TEST(GuidedRows, AreAllOfThemForTheOnlyLane) {
  EXPECT_EQ(guided_rows(1'000'000, 1.0, 1000), 1000u);
  EXPECT_EQ(guided_rows(8'000, 1.0, 1000), 8u);
}

TEST(GuidedRows, DearPixelsAreClaimedByTheRow) {
  EXPECT_EQ(guided_rows(80, 0.5, 10, 1), 2u);
  EXPECT_EQ(guided_rows(10, 0.5, 10, 1), 1u);
}

TEST(GuidedRows, OneBigChunkIsCutAndManySmallOnesAreTakenWhole) {
  // 2 lanes, one chunk of 1000 rows of 1000: a part of each lane's half.
  EXPECT_EQ(guided_rows(1'000'000, 0.5, 1000), 250u);
  // 500 chunks of 1000 pixels wait: the share is far more than one chunk.
  EXPECT_GT(guided_rows(500'000, 0.5, 1000), 1u);
  // Never less than is worth a call, never less than a row.
  EXPECT_EQ(guided_rows(10, 0.5, 100), 41u);
  EXPECT_EQ(guided_rows(10, 0.5, 1'000'000), 1u);
  // A lane with a tenth of the speed takes a tenth.
  EXPECT_EQ(guided_rows(4'000'000, 0.1, 1000), 200u);
}

// On the caller's thread: no lane is there to do it, since the callback holds the only one.
TEST(LanePoolHere, ASmallTaskIsComputedWithoutALane) {
  std::binary_semaphore go(0);
  LanePool pool(lanes_of(find_backend("scalar"), 1), [&](const LaneResult&) { go.acquire(); });
  pool.submit({.id = 1, .axes = tutorial(20), .rows = 1, .max_iter = 10});
  const auto cookie = std::make_shared<const int>(7);
  const auto axes = tutorial(200);
  const auto result = pool.compute_here(
      {.id = 2, .axes = axes, .first_row = 30, .rows = 5, .max_iter = 100, .cookie = cookie},
      std::chrono::seconds(60));
  go.release();
  ASSERT_TRUE(result);
  EXPECT_EQ(result->id, 2u);
  EXPECT_EQ(result->cookie, cookie);
  const std::size_t columns = axes->xs.size();
  ASSERT_EQ(result->count, 5 * columns);
  ASSERT_EQ(result->parts.size(), 1u);
  EXPECT_EQ(result->parts[0].computed_ns, result->computed_ns);
  for (std::size_t k = 0; k < result->count; ++k)
    ASSERT_EQ(result->counts[k],
              scalar_count(axes->xs[k % columns], axes->ys[30 + k / columns], 100))
        << k;
}

TEST(LanePoolHere, ATaskThatTakesLongerIsGivenUpAndALaneCanDoIt) {
  Collector collector;
  LanePool pool(lanes_of(find_backend("scalar"), 1), collector.callback());
  // The origin's neighbourhood never escapes: 2^31 iterations a pixel, were it not for the end.
  const auto inside = std::make_shared<const Axes>(Axes{{0.0}, {0.0}});
  LaneTask task{.id = 1, .axes = inside, .rows = 1, .max_iter = kIterMax};
  EXPECT_FALSE(pool.compute_here(task, std::chrono::microseconds(100)));
  task.max_iter = 10;
  pool.submit(std::move(task));
  const auto results = collector.take(1);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].failure, "");
}

TEST(LanePoolHere, NothingIsDoneWhereAllLanesAreForOtherCounts) {
  LanePool pool(std::vector(1, Lane{.deep = &deep_backends().front()}), [](const LaneResult&) {});
  EXPECT_FALSE(pool.compute_here({.axes = tutorial(20), .rows = 1, .max_iter = 10},
                                 std::chrono::seconds(60)));
}

TEST(LanePoolCookie, ComesBackWithTheResultOfATaskThatEndsAndOfOneThatIsStopped) {
  Collector collector;
  LanePool pool(lanes_of(find_backend("scalar"), 1), collector.callback());
  const auto first = std::make_shared<const int>(7);
  const auto second = std::make_shared<const int>(8);
  pool.submit({.id = 1, .axes = tutorial(300), .rows = 150, .max_iter = 100, .cookie = first});
  pool.submit({.id = 2, .axes = tutorial(300), .rows = 150, .max_iter = 100, .cookie = second});
  pool.cancel(2);
  const auto results = collector.take(2);
  ASSERT_EQ(results.size(), 2u);
  for (const LaneResult& result : results)
    EXPECT_EQ(result.cookie, result.id == 1 ? first : second);
}

class LanePoolTest : public testing::TestWithParam<std::size_t> {};

TEST_P(LanePoolTest, PutsEveryRowWhereItBelongsHoweverManyLanesShareAChunk) {
  const auto axes = tutorial(300);
  const std::size_t columns = axes->xs.size();
  Collector collector;
  LanePool pool(lanes_of(find_backend("scalar"), GetParam()), collector.callback());
  const std::uint32_t rows = 70;
  pool.submit({.id = 1, .axes = axes, .first_row = 0, .rows = rows, .max_iter = 100});
  pool.submit({.id = 2, .axes = axes, .first_row = rows, .rows = 80, .max_iter = 100});
  auto results = collector.take(2);
  ASSERT_EQ(results.size(), 2u);
  for (const LaneResult& result : results) {
    const std::uint32_t first_row = result.id == 1 ? 0 : rows;
    ASSERT_EQ(result.count, (result.id == 1 ? rows : 80) * columns);
    for (std::size_t k = 0; k < result.count; ++k)
      ASSERT_EQ(result.counts[k],
                scalar_count(axes->xs[k % columns], axes->ys[first_row + k / columns], 100));
  }
}

TEST_P(LanePoolTest, SaysWhatEachLaneDidOfATask) {
  Collector collector;
  LanePool pool(lanes_of(find_backend("scalar"), GetParam()), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(1000), .first_row = 0, .rows = 500, .max_iter = 200});
  const LaneResult result = std::move(collector.take(1).at(0));
  ASSERT_FALSE(result.parts.empty());
  EXPECT_GE(result.parts[0].began_ns, result.waited_ns);
  std::uint64_t computed_ns = 0;
  std::set<std::size_t> lanes;
  for (const LanePart& part : result.parts) {
    EXPECT_LT(part.lane, GetParam());
    EXPECT_TRUE(lanes.insert(part.lane).second) << "one part a lane";
    computed_ns += part.computed_ns;
  }
  EXPECT_EQ(computed_ns, result.computed_ns);
  EXPECT_TRUE(lanes.contains(result.last_lane));
}

INSTANTIATE_TEST_SUITE_P(Lanes, LanePoolTest, testing::Values(1u, 2u, 7u));

// A kernel that computes nothing but can be held up, and that counts who did what.
std::counting_semaphore<> gate(0);
std::atomic<int> entered{0};

class GatedKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double>, std::uint32_t,
                  std::span<std::uint32_t>, StopPoll stop) override {
    ++entered;
    entered.notify_all();
    while (!gate.try_acquire_for(std::chrono::milliseconds(1)))
      if (stop.stop_requested()) return {.stopped = true};
    return {};
  }
};

class ThrowingKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double>, std::uint32_t,
                  std::span<std::uint32_t>, StopPoll) override {
    throw std::runtime_error("the device is gone");
  }
};

template <typename Engine>
std::unique_ptr<Kernel> make() {
  return std::make_unique<Engine>();
}

constexpr Backend kGated = {"gated", "cpu", kExactF64, "", make<GatedKernel>};
// A kernel that hangs: it never polls until it is let go, and then at every step it is let make.
class HangingKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double>, std::uint32_t,
                  std::span<std::uint32_t>, StopPoll stop) override {
    ++entered;
    entered.notify_all();
    for (;;) {
      gate.acquire();
      const bool is_stopped = stop.stop_requested();
      ++polled;
      polled.notify_all();
      if (is_stopped) return {.stopped = true};
    }
  }
  static inline std::atomic<int> polled{0};
};

constexpr Backend kHanging = {"hanging", "cpu", kExactF64, "", make<HangingKernel>};
constexpr Backend kThrowing = {"throwing", "cpu", kExactF64, "", make<ThrowingKernel>};

// Counts the rows' numbers; its preparation is most of the time that it takes.
class RowEngine final : public DeepEngine {
 public:
  KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                  StopPoll) override {
    const std::size_t columns = out.size() / rows;
    for (std::size_t k = 0; k < out.size(); ++k)
      out[k] = first_row + static_cast<std::uint32_t>(k / columns);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return {.executed = out.size(),
            .preparation_ns = 2'000'000,
            .undecided_first = rows,
            .undecided_second = 1};
  }
};

class ThrowingEngine final : public DeepEngine {
 public:
  KernelStats run(std::uint32_t, std::uint32_t, std::span<std::uint32_t>, StopPoll) override {
    throw DeepError("the orbit touches the circle");
  }
};

void wait_until_entered(int count) {
  for (int now = entered; now < count; now = entered) entered.wait(now);
}

// A lane of each sort: for counts of doubles, for true-count, for both.
TEST(LanePool, LanesPassOverWhatTheyCantDo) {
  const DeepBackend deep = {};  // whose engine it is, is not the pool's business
  const Backend* scalar = find_backend("scalar");
  const std::vector<Lane> lanes = {{scalar}, {nullptr, 0, &deep}, {scalar, 0, &deep}};
  Collector collector;
  LanePool pool(lanes, collector.callback());
  const auto axes = tutorial(200);
  const auto engine = std::make_shared<RowEngine>();
  constexpr std::uint32_t kRows = 20;
  for (std::uint64_t id = 0; id < 40; ++id)
    pool.submit({.id = id,
                 .axes = axes,
                 .deep = id % 2 == 1 ? engine : nullptr,
                 .first_row = 5,
                 .rows = kRows,
                 .max_iter = 50});
  const auto results = collector.take(40);
  ASSERT_EQ(results.size(), 40u);
  for (const LaneResult& result : results) {
    const bool is_deep = result.id % 2 == 1;
    for (const LanePart& part : result.parts) EXPECT_NE(part.lane, is_deep ? 0u : 1u);
    if (!is_deep) continue;
    ASSERT_EQ(result.count, kRows * axes->xs.size());
    EXPECT_EQ(result.counts[0], 5u);
    EXPECT_EQ(result.counts[result.count - 1], 5u + kRows - 1);
    EXPECT_EQ(result.stats.executed, result.count);
    EXPECT_EQ(result.stats.undecided_first, kRows);
    EXPECT_GE(result.stats.undecided_second, 1u);
  }
}

TEST(LanePool, PreparationIsNoComputing) {
  const DeepBackend deep = {};
  const std::vector<Lane> lanes = {{nullptr, 0, &deep}};
  Collector collector;
  LanePool pool(lanes, collector.callback());
  pool.submit({.id = 1, .axes = tutorial(100), .deep = std::make_shared<RowEngine>(), .rows = 9});
  const auto results = collector.take(1);
  ASSERT_EQ(results.size(), 1u);
  ASSERT_EQ(results[0].parts.size(), 1u);
  EXPECT_EQ(results[0].parts[0].prepared_ns, results[0].stats.preparation_ns);
  EXPECT_EQ(results[0].parts[0].computed_ns, results[0].computed_ns);
  EXPECT_EQ(results[0].stats.preparation_ns, 2'000'000u) << "the only lane claims all rows at once";
}

TEST(LanePool, ACountWithoutAProofFailsItsTaskWithASentence) {
  const DeepBackend deep = {};
  const std::vector<Lane> lanes(2, Lane{nullptr, 0, &deep});
  Collector collector;
  LanePool pool(lanes, collector.callback());
  pool.submit(
      {.id = 1, .axes = tutorial(100), .deep = std::make_shared<ThrowingEngine>(), .rows = 9});
  const auto results = collector.take(1);
  ASSERT_EQ(results.size(), 1u);
  EXPECT_EQ(results[0].failure, "the orbit touches the circle");
  EXPECT_EQ(results[0].counts, nullptr);
}

TEST(LanePool, OneBigChunkOccupiesAllLanesAtOnce) {
  entered = 0;
  Collector collector;
  LanePool pool(lanes_of(&kGated, 3), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(1000), .first_row = 0, .rows = 500, .max_iter = 1});
  wait_until_entered(3);  // hangs, and so fails by ctest's limit, if one lane had taken it all
  pool.cancel(1);
  EXPECT_EQ(collector.take(1).size(), 1u);
}

TEST(LanePool, ACancelledChunkStopsAndIsReportedAndTheNextOneRuns) {
  entered = 0;
  Collector collector;
  LanePool pool(lanes_of(&kGated, 1), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  pool.submit({.id = 2, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  pool.submit({.id = 3, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  wait_until_entered(1);
  pool.cancel(1);  // in a lane
  pool.cancel(2);  // still waiting
  for (const LaneResult& result : collector.take(2)) {
    EXPECT_NE(result.id, 3u);
    EXPECT_TRUE(result.stats.stopped);
    EXPECT_EQ(result.counts, nullptr);
  }
  gate.release();
  const auto rest = collector.take(1);
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].id, 3u);
  EXPECT_FALSE(rest[0].stats.stopped);
}

TEST(LanePool, ForgetsWhatIsWithdrawnBeforeALaneBeginsIt) {
  entered = 0;
  Collector collector;
  LanePool pool(lanes_of(&kGated, 1), collector.callback());
  for (const std::uint64_t id : {1, 2, 3, 2})
    pool.submit({.id = id, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  wait_until_entered(1);
  EXPECT_EQ(pool.withdraw(1), 0u) << "it is in a lane";
  EXPECT_EQ(pool.withdraw(2), 2u);
  EXPECT_EQ(pool.withdraw(2), 0u);
  gate.release(2);
  const auto results = collector.take(2);
  ASSERT_EQ(results.size(), 2u);
  EXPECT_EQ(results[0].id, 1u);
  EXPECT_EQ(results[1].id, 3u);
}

void wait_until_polled(int count) {
  for (int now = HangingKernel::polled; now < count; now = HangingKernel::polled)
    HangingKernel::polled.wait(now);
}

TEST(LanePool, TicksTellALaneThatGetsOnFromOneThatHangsAndFromNone) {
  entered = 0;
  HangingKernel::polled = 0;
  Collector collector;
  LanePool pool(lanes_of(&kHanging, 1), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  pool.submit({.id = 2, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  wait_until_entered(1);
  const std::uint64_t begun = pool.ticks().at(1);
  EXPECT_GE(begun, 1u) << "begun, although nothing was polled yet";
  for (int poll = 1; poll <= 3; ++poll) {
    EXPECT_EQ(pool.ticks().at(1), begun + poll - 1) << "the lane hangs";
    gate.release();
    wait_until_polled(poll);
    EXPECT_EQ(pool.ticks().at(1), begun + poll);
  }
  EXPECT_EQ(pool.ticks().at(2), 0u) << "no lane has begun it";
  pool.cancel(1);
  pool.cancel(2);
  gate.release();
  ASSERT_EQ(collector.take(2).size(), 2u);
  EXPECT_TRUE(pool.ticks().empty());
}

TEST(LanePool, ATasksTicksAreThoseOfAllItsLanes) {
  entered = 0;
  HangingKernel::polled = 0;
  Collector collector;
  LanePool pool(lanes_of(&kHanging, 3), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(1000), .first_row = 0, .rows = 500, .max_iter = 1});
  wait_until_entered(3);
  const std::uint64_t begun = pool.ticks().at(1);
  EXPECT_GE(begun, 3u);
  gate.release(3);
  wait_until_polled(3);
  EXPECT_EQ(pool.ticks().at(1), begun + 3);
  pool.cancel(1);
  gate.release(3);
  ASSERT_EQ(collector.take(1).size(), 1u);
}

TEST(LanePool, AKernelThatThrowsFailsItsChunkOnly) {
  Collector collector;
  LanePool pool(lanes_of(&kThrowing, 1), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  pool.submit({.id = 2, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  const auto results = collector.take(2);
  ASSERT_EQ(results.size(), 2u);
  for (const LaneResult& result : results) EXPECT_EQ(result.failure, "the device is gone");
}

TEST(LanePool, LeavingDoesNotWaitForWhatRuns) {
  entered = 0;
  Collector collector;
  {
    LanePool pool(lanes_of(&kGated, 1), collector.callback());
    pool.submit({.id = 1, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
    pool.submit({.id = 2, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
    wait_until_entered(1);
  }
  EXPECT_TRUE(collector.take(0).empty());
}

TEST(LanePool, SaysWhenALaneHangsRatherThanWaitForIt) {
  entered = 0;
  Collector collector;
  LanePool pool(lanes_of(&kHanging, 2), collector.callback());
  pool.submit({.id = 1, .axes = tutorial(10), .first_row = 0, .rows = 5, .max_iter = 1});
  wait_until_entered(1);
  EXPECT_FALSE(pool.close(std::chrono::milliseconds(1)));
  gate.release();
  EXPECT_TRUE(pool.close(std::chrono::seconds(60)));
  EXPECT_TRUE(collector.take(0).empty());
}

// A lane that takes its time over every row, on the CPU's clock so that its speed is no accident.
class SlowKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double> ys, std::uint32_t,
                  std::span<std::uint32_t> out, StopPoll) override {
    std::uint64_t iterations = 0;
    for (std::size_t r = 0; r < ys.size(); ++r) {
      Orbit orbit;
      advance(orbit, -0.1, 0.1, 2'000'000);  // never escapes: some milliseconds a row
      iterations += orbit.n;
    }
    rows += ys.size();
    std::ranges::fill(out, 0u);
    return {.executed = iterations};
  }
  static inline std::atomic<std::size_t> rows{0};
};

constexpr Backend kSlow = {"slow", "cpu", kExactF64, "", make<SlowKernel>};

TEST(LanePool, AFastLaneTakesMoreThanASlowOne) {
  SlowKernel::rows = 0;
  Collector collector;
  const std::vector<Lane> lanes = {{&kSlow, 0}, {find_backend("scalar"), 0}};
  LanePool pool(lanes, collector.callback());
  // The scalar lane needs microseconds for a row of 4096 points outside the set.
  auto axes = std::make_shared<Axes>();
  axes->xs.assign(4096, 3.0);
  axes->ys.assign(400, 3.0);
  pool.submit({.id = 1, .axes = axes, .first_row = 0, .rows = 400, .max_iter = 1000});
  ASSERT_EQ(collector.take(1).size(), 1u);
  EXPECT_LT(SlowKernel::rows, 200u) << "an even split would have given it half";
}

}  // namespace
}  // namespace mandel
