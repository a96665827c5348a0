// What the tests of the plan share: its words in short, and a clock that they set.
#pragma once

#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "master/plan/plan.h"

namespace mandel {

inline constexpr std::uint32_t kNoWindow = 1u << 30;

template <typename Kind>
std::vector<Kind> only(const std::vector<Action>& actions) {
  std::vector<Kind> found;
  for (const Action& action : actions)
    if (const auto* one = std::get_if<Kind>(&action)) found.push_back(*one);
  return found;
}

inline Fingerprint print_of(std::uint64_t what) { return {what, what, what}; }

// A plan and its time. Workers are named by their sessions; the worker is session % 100, the
// process another one for each session unless it is said.
class Stage {
 public:
  explicit Stage(Plan::Config config) : plan(std::move(config)) {}

  std::vector<Action> feed(const Event& event) {
    auto actions = plan.on(event, now);
    EXPECT_EQ(plan.check(), "");
    for (const auto& send : only<action::Send>(actions)) grants.push_back(send.grant);
    return actions;
  }
  std::vector<Action> join(SessionId id, Capacity capacity = {1, 16},
                           std::uint64_t incarnation = 0) {
    return feed(event::Joined{.session = id,
                              .worker = id % 100,
                              .incarnation = incarnation == 0 ? id : incarnation,
                              .capacity = capacity,
                              .machine = id % 100});
  }
  std::vector<Action> done(SessionId id, ChunkId chunk, std::uint64_t what = 1) {
    return feed(event::Done{id, chunk, print_of(what)});
  }
  std::vector<Action> returned(const Grant& grant) {
    return feed(event::Returned{grant, "it burns"});
  }
  std::vector<Action> lost(SessionId id, bool is_orderly = false) {
    return feed(event::Lost{id, is_orderly});
  }
  std::vector<Action> tick_at(Nanoseconds when) {
    now = when;
    return feed(event::Tick{});
  }
  // All beats of a worker whose tasks all look like this, every half second until `until`.
  std::vector<Action> beat_until(Nanoseconds until, const std::vector<event::Beat>& beats) {
    std::vector<Action> all;
    for (; now <= until; now += kSecond / 2)
      for (const event::Beat& beat : beats)
        for (const Action& action : feed(beat)) all.push_back(action);
    return all;
  }

  // The newest grant of the chunk.
  Grant grant_of(ChunkId chunk) const {
    Grant newest;
    for (const Grant& grant : grants)
      if (grant.chunk == chunk) newest = grant;
    return newest;
  }
  std::size_t grants_to(SessionId id) const {
    std::size_t count = 0;
    for (const Grant& grant : grants) count += grant.session == id;
    return count;
  }

  Plan plan;
  Nanoseconds now = 0;
  std::vector<Grant> grants;  // all that were sent
};

}  // namespace mandel
