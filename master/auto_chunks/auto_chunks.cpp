// See auto_chunks.h.
#include "master/auto_chunks/auto_chunks.h"

#include <algorithm>
#include <fmt/format.h>

#include "kernels/deep/engine.h"
#include "master/auto_chunks/row_costs.h"

namespace mandel {
namespace {

// Without what is done once a picture: it says nothing of chunks to come.
Probe probe_of(const ChunkTimes& times, std::uint32_t columns) {
  const Nanoseconds prepared = times.preparation_ns();
  return {.band = {times.first_row, times.rows},
          .pixels = std::uint64_t{times.rows} * columns,
          .bytes = times.bytes,
          .round_trip_ns = times.received - times.sent - prepared,
          .residence_ns = times.residence_ns - prepared,
          .computed_ns = times.computed_ns,
          .encoded_ns = times.encoded_ns,
          .master_ns = times.verified - times.received,
          .sent_ns = times.sent};
}

// Of the workers that are connected by now, taken as alike.
ModelFarm farm_of(const Crew& crew) {
  ModelFarm farm{.workers = 0, .credit_max = UINT32_MAX};
  std::uint32_t lanes = 0;
  for (const auto& host : crew) {
    if (!host->is_ready()) continue;
    ++farm.workers;
    lanes += host->info().lanes;
    farm.credit_max = std::min(farm.credit_max, host->info().credit_max);
  }
  if (farm.workers > 0) farm.lanes = std::max(1u, lanes / farm.workers);
  return farm;
}

}  // namespace

AutoChunks::AutoChunks(const Crew& crew, const Job& job, const Axes& axes, std::uint32_t otherwise)
    : crew_(crew),
      axes_(axes),
      otherwise_(otherwise),
      row_costs_(semantics_of(job) == kTrueCount ? std::vector(axes.ys.size(), 1.0)
                                                 : sample_row_costs(axes, job.max_iter)),
      reason_(fmt::format("{} chunks: the picture has too few rows for a choice, or too wide ones",
                          otherwise)) {
  const auto workers = static_cast<std::uint32_t>(crew.size());
  if (const auto opening = opening_for(rows(), columns(), workers, row_costs_)) opening_ = *opening;
}

Chunking AutoChunks::chunking() const {
  return {rows(), opening_, opening_.groups > 0 ? 0 : otherwise_};
}

void AutoChunks::take(const ChunkTimes& times) {
  // Without a residence it is of a session before, and its round trip is none.
  if (!has_chosen_ && times.is_accepted && times.residence_ns > 0)
    probes_.push_back(probe_of(times, columns()));
}

std::optional<std::uint32_t> AutoChunks::choose_rest(bool must) {
  if (!must && !is_ripe()) return std::nullopt;
  has_chosen_ = true;
  Estimate best = estimate();
  reason_ = std::move(best.reason);
  return best.chunks;
}

// Every worker that is named and may still come shall be counted.
bool AutoChunks::is_ripe() const {
  return is_enough(probes_) && std::ranges::all_of(crew_, [](const auto& host) {
           return host->is_ready() || !host->problem().empty();
         });
}

Estimate AutoChunks::estimate() const {
  const Uncut uncut{
      .columns = columns(), .rows = rows(), .opening = opening_, .row_costs = row_costs_};
  const ModelFarm farm = farm_of(crew_);
  if (probes_.empty() || farm.workers == 0) return estimate_by_size(otherwise_, uncut);
  return estimate_chunks(*measured_by(probes_, farm, row_costs_), uncut);
}

}  // namespace mandel
