// See simulation.h.
#include "tests/sim/simulation.h"

#include <algorithm>
#include <fmt/format.h>

#include "common/base/error.h"
#include "tests/sim/hands.h"
#include "tests/sim/trouble.h"

namespace mandel::sim {
namespace {

struct Pace {
  double worker;  // what it does in the time of a lane of speed 1
  double lane;
};

// The workers that stay well, the fastest first. No more lanes are at work than the window allows.
std::vector<Pace> live_paces(const Scenario& scenario, const Hands& hands,
                             const Hands::Fleet& fleet) {
  std::vector<Pace> paces;
  for (WorkerId worker = 0; worker < fleet.size(); ++worker) {
    const WorkerSpec& spec = scenario.workers[worker];
    const std::uint32_t lanes =
        std::min({fleet[worker]->live_lanes(), std::max(1u, spec.capacity.credit_max),
                  std::max(1u, scenario.window)});
    const bool is_well = spec.lies == 0 && spec.returns == 0 && !fleet[worker]->is_leaving();
    if (hands.is_off(worker) && spec.back_at == 0) continue;
    if (lanes > 0 && !hands.is_dismissed(worker) && (is_well || scenario.audit > 0))
      paces.push_back({spec.speed * lanes, spec.speed});
  }
  std::ranges::sort(paces, std::greater(), &Pace::worker);
  return paces;
}

// How long the rest may take once nothing goes wrong any more. Only one worker is counted on, the
// fastest (with audits the slowest, who may be asked for the second opinion), and it does
// everything that is missing, four times at most: once for itself, once as a backup that comes too
// late, once because it is asked for a second opinion, once because a liar is caught. With a small
// window each chunk may be begun by slow workers, twice, before its turn comes: two seconds each.
// Before that: three leases until all hangs are found, dialling again, and the time for which a
// worker of unknown speed is waited for. A chunk that kills costs three silences and reboots, and
// the plan's patience with a lane that is at it and may be the only sound one; so does one that
// three died with by accident.
Nanoseconds grace(const Scenario& scenario, const Hands& hands, const Hands::Fleet& fleet) {
  if (scenario.is_hopeless()) return 120 * kSecond;
  double missing = 0;
  double longest = 0;
  std::uint32_t chunks = 0;
  std::uint32_t cursed = scenario.cursed();
  for (ChunkId chunk = 0; chunk < scenario.chunks(); ++chunk) {
    if (hands.referee().is_accepted(chunk) && !scenario.has_liars()) continue;
    if (scenario.curses[chunk] == Curse::kNone)
      cursed += hands.referee().griefs(chunk) + 1 >= Plan::kBlamesMax;  // one may be on its way
    const auto cost = static_cast<double>(scenario.costs[chunk]);
    missing += cost;
    longest = std::max(longest, cost);
    ++chunks;
  }
  const std::vector<Pace> paces = live_paces(scenario, hands, fleet);
  MANDEL_ASSERT(!paces.empty());  // the first worker
  const Pace pace = scenario.audit > 0 ? paces.back() : paces.front();
  Nanoseconds turnaround = scenario.writer_delay;
  for (const auto& worker : fleet)
    turnaround = std::max(turnaround, scenario.writer_delay + 2 * worker->link().delay_max());
  const Nanoseconds slowest = cursed > 0 ? Plan::kComputedMax : 0;
  // Where only a worker that never delivers could confirm it.
  const double confirmed = scenario.audit > 0 ? 4 * longest : 0;
  return 30 * kSecond + cursed * 60 * kSecond + slowest + static_cast<Nanoseconds>(confirmed) +
         static_cast<Nanoseconds>(4 * missing / pace.worker + 4 * longest / pace.lane) +
         3 * chunks * turnaround + 4 * kSecond * chunks / std::max(1u, scenario.window);
}

}  // namespace

Report simulate(const Scenario& scenario, Watching watching) {
  Timeline timeline;
  Random random(scenario.seed ^ 0x5eed);
  Hands::Fleet fleet;
  Hands hands(timeline, random, scenario, fleet, watching);
  for (WorkerId worker = 0; worker < scenario.workers.size(); ++worker)
    fleet.push_back(std::make_unique<SimWorker>(timeline, random, scenario, worker, hands));
  Trouble trouble(timeline, random, scenario, fleet, hands);
  hands.begin();
  trouble.begin();
  Nanoseconds deadline = INT64_MAX;
  const auto is_over = [&] {
    return hands.is_finished() || !hands.referee().breach().empty() || timeline.now() > deadline;
  };
  while (!is_over() && timeline.advance()) {
    if (deadline != INT64_MAX || !trouble.is_over() || !watching.has_referee) continue;
    const Nanoseconds peace = timeline.now();
    Nanoseconds arrival = peace;
    for (const WorkerSpec& worker : scenario.workers)
      arrival = std::max({arrival, worker.joins, worker.back_at});
    deadline = arrival + grace(scenario, hands, fleet);
    if (watching.is_verbose) fmt::print("peace; it must end before {} s\n", seconds(deadline));
  }
  if (!hands.is_finished()) hands.referee().conclude(false);
  return {hands.referee().breach(), hands.finished_at(),
          hands.events(),           hands.trace(),
          hands.plan_ns(),          static_cast<std::uint32_t>(hands.plan().set_aside().size()),
          hands.plan().backups(),   hands.is_given_up()};
}

}  // namespace mandel::sim
