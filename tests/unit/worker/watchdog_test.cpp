// A hung lane is noticed, and one that works or waits is left in peace.
#include "worker/watchdog.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

using Ticks = std::unordered_map<std::uint64_t, std::uint64_t>;

// How many beats it takes to bite, if beat k shows ticks_at(k); 0: never.
template <typename TicksAt>
int beats_until_it_bites(TicksAt ticks_at) {
  Watchdog watchdog;
  for (int beat = 1; beat <= 10 * Watchdog::kBeatsMax; ++beat)
    if (watchdog.bites(ticks_at(beat))) return beat;
  return 0;
}

TEST(Watchdog, BitesWhenATaskInALaneStandsStill) {
  EXPECT_EQ(beats_until_it_bites([](int) { return Ticks{{1, 17}}; }), 1 + Watchdog::kBeatsMax);
}

TEST(Watchdog, SeesTheOneThatHangsAmongOthersThatMove) {
  const auto ticks_at = [](int beat) {
    return Ticks{{1, 17}, {2, std::uint64_t(beat) * 10}, {3, 0}};
  };
  EXPECT_EQ(beats_until_it_bites(ticks_at), 1 + Watchdog::kBeatsMax);
}

TEST(Watchdog, LetsTasksWaitForALaneAsLongAsTheyLike) {
  EXPECT_EQ(beats_until_it_bites([](int) { return Ticks{{1, 0}, {2, 0}}; }), 0);
  EXPECT_EQ(beats_until_it_bites([](int) { return Ticks{}; }), 0);
}

TEST(Watchdog, StartsAnewWhenATaskMoves) {
  const auto ticks_at = [](int beat) {
    return Ticks{{1, std::uint64_t(1 + beat / Watchdog::kBeatsMax)}};
  };
  EXPECT_EQ(beats_until_it_bites(ticks_at), 0);
}

}  // namespace
}  // namespace mandel
