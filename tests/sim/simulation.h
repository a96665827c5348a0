// One simulated job from begin to end: faults first, then peace, in which it must end in time.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/scenario.h"

namespace mandel::sim {

struct Report {
  std::string breach;  // empty: all went well
  Nanoseconds makespan = 0;
  std::uint64_t events = 0;  // fed to the plan
  std::uint64_t trace = 0;   // a hash of every event and action
  double plan_ns = 0;        // of the real clock: what the plan itself took
  std::uint32_t set_aside = 0;
  std::uint32_t backups = 0;
  bool is_given_up = false;  // for want of a worker of use
};

struct Watching {
  bool has_referee = true;
  bool asks_plan = true;  // after every event, with Plan::check(); only with a referee
  bool is_verbose = false;
};

Report simulate(const Scenario& scenario, Watching watching = {});

}  // namespace mandel::sim
