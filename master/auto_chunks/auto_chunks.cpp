// See auto_chunks.h.
#include "master/auto_chunks/auto_chunks.h"

#include <algorithm>
#include <fmt/format.h>

#include "master/auto_chunks/row_costs.h"

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

ChunkChooser::ChunkChooser(const Crew& crew, const Job& job, const Axes& axes,
                           std::uint32_t otherwise)
    : crew_(crew),
      axes_(axes),
      otherwise_(otherwise),
      row_costs_(sample_row_costs(axes, job.max_iter)),
      reason_(fmt::format("{} chunks: the picture has too few rows for a choice, or too wide ones",
                          otherwise)) {
  const auto workers = static_cast<std::uint32_t>(crew.size());
  if (const auto opening = opening_for(rows(), columns(), workers, row_costs_)) opening_ = *opening;
}

Chunking ChunkChooser::chunking() const {
  return {rows(), opening_, opening_.groups > 0 ? 0 : otherwise_};
}

void ChunkChooser::take(const ChunkTimes& times) {
  // Without a residence it is of a session before, and its round trip is none.
  if (!has_chosen_ && times.is_accepted && times.residence_ns > 0)
    probes_.push_back(probe_of(times, columns()));
}

std::optional<std::uint32_t> ChunkChooser::choose_rest(bool must) {
  if (!must && !is_ripe()) return std::nullopt;
  has_chosen_ = true;
  ChunkChoice choice = choose();
  reason_ = std::move(choice.reason);
  return choice.chunks;
}

// Whoever is named and may still come shall be counted.
bool ChunkChooser::is_ripe() const {
  return is_enough(probes_) && std::ranges::all_of(crew_, [](const auto& host) {
           return host->is_ready() || !host->problem().empty();
         });
}

ChunkChoice ChunkChooser::choose() const {
  const Uncut uncut{columns(), rows(), opening_, row_costs_};
  const Workforce workforce = workforce_of(crew_);
  if (probes_.empty() || workforce.workers == 0) return choose_by_size(otherwise_, uncut);
  return choose_chunks_for(*learn_from(probes_, workforce, row_costs_), uncut);
}

}  // namespace mandel
