// The times on which both ends of the wire must agree, in one place: who sends how often, and how
// long the other end waits before it takes silence for a death. They belong to the wire, but the
// plan and its simulator need them, and these know no room of ours above this one.
#pragma once

#include "common/base/clock.h"

namespace mandel {

// Both ends send one, however busy they are.
inline constexpr Nanoseconds kBeatPeriod = kSecond / 2;
// A worker that has not been heard of for so long is lost; at first. Behind a long result on a slow
// link its beats come late, so that a master waits twice as long after each loss, up to the time of
// the largest chunk on a link of 2 Mbit/s.
inline constexpr Nanoseconds kWorkerSilence = 6 * kBeatPeriod;
inline constexpr Nanoseconds kWorkerSilenceMax = 120 * kSecond;
// A master that has not been heard of for so long is gone. Longer, for nobody waits for what a
// worker computes in vain meanwhile.
inline constexpr Nanoseconds kMasterSilence = 20 * kBeatPeriod;
// A lane that gets on with a task ticks at least this often (StopPoll).
inline constexpr Nanoseconds kLaneTickMax = kSecond / 20;
// A task of which its worker's beats know nothing so long after it was sent, or whose ticks stand
// still for so long, goes to somebody else as well.
inline constexpr Nanoseconds kTaskLease = 6 * kBeatPeriod;

}  // namespace mandel
