// See probe.h.
#include "master/probe.h"

#include <fmt/format.h>
#include <vector>

#include "common/cli.h"
#include "common/random.h"
#include "master/row_costs.h"
#include "master/run.h"

namespace mandel {
namespace {

Probe probe_of(const ChunkTimes& times, std::uint32_t columns) {
  return {{times.first_row, times.rows},
          std::uint64_t{times.rows} * columns,
          times.bytes,
          times.received - times.sent,
          times.residence_ns,
          times.computed_ns,
          times.encoded_ns,
          times.verified - times.received,
          times.sent};
}

// Those that are connected by now.
Workforce workforce_of(const Crew& crew) {
  Workforce all{0, 0, UINT32_MAX};
  for (const auto& host : crew) {
    if (!host->is_ready()) continue;
    const host_event::Ready capacity = host->capacity();
    ++all.workers;
    all.lanes += capacity.lanes;
    all.credit_max = std::min(all.credit_max, capacity.credit_max);
  }
  return all;
}

}  // namespace

tl::expected<ChunkChoice, Unfinished> probe_chunks(Crew& crew, const Job& job,
                                                   const std::shared_ptr<const Axes>& axes,
                                                   std::uint32_t otherwise, Nanoseconds patience,
                                                   StopSignals& signals) {
  const auto rows = static_cast<std::uint32_t>(axes->ys.size());
  const auto columns = static_cast<std::uint32_t>(axes->xs.size());
  const std::vector<double> costs = sample_row_costs(*axes, job.max_iter);
  const std::vector<Band> plan =
      probe_plan(rows, columns, static_cast<std::uint32_t>(crew.size()), costs);
  const ChunkChoice by_size{otherwise, 0,
                            fmt::format("{} chunks: the picture is too small to probe", otherwise)};
  if (plan.empty()) return by_size;

  std::vector<Probe> probes;
  Wakeup wakeup;
  const Chunking chunking(rows, plan);
  Writer nowhere({.chunking = chunking, .columns = columns}, wakeup);
  Run run(crew,
          {.job = job,
           .job_id = random_number() | 1,
           .axes = axes,
           .chunking = chunking,
           .patience = patience,
           .is_quiet = true,
           .on_result =
               [&](const ChunkTimes& times) {
                 if (times.residence_ns > 0) probes.push_back(probe_of(times, columns));
               }},
          nowhere, wakeup, signals);
  const Outcome outcome = run.run();
  if (outcome.exit_code != kExitDone)
    return tl::unexpected(Unfinished{outcome.exit_code, outcome.problem});
  const Workforce workforce = workforce_of(crew);
  if (probes.empty() || workforce.workers == 0) return by_size;
  const auto measured = learn_from(probes, workforce, costs);
  return choose_chunks_for(*measured, {columns, rows, costs});
}

}  // namespace mandel
