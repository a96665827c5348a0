// What a run writes down of itself, for its end and for anyone who watches: nothing here changes
// what happens next.
#include <algorithm>
#include <fmt/format.h>

#include "master/job/run.h"

namespace mandel {

void Run::finish_outcome() {
  outcome_.cpu_ns = process_cpu_now() - cpu_began_;
  outcome_.chunks_done = plan_.chunks_done();
  outcome_.backups = plan_.backups();
  outcome_.set_aside = plan_.set_aside();
  if (config_.explain) outcome_.story = story_lines(*config_.explain);
  for (WorkerId worker = 0; worker < crew_.size(); ++worker) {
    WorkerTotals& totals = outcome_.workers[worker];
    totals.splits = lane_time_.splits(worker);
    totals.problem = crew_[worker].is_ready() ? "" : crew_[worker].problem();
    totals.was_ever_ready = crew_[worker].was_ever_ready();
    totals.has_left = crew_[worker].has_left();
    totals.is_second_name = crew_.is_second_name(worker);
    if (const auto peer = crew_[worker].silent_peer()) {
      totals.silent_at = peer->numeric;
      totals.expects_keys = !peer->key.empty();
    }
  }
  take_bytes();
  show_metrics(steady_now());
  show_observers(steady_now(), true);
  // What such a name did before it was known for one is a worker's, and stays.
  std::erase_if(outcome_.workers, [](const WorkerTotals& totals) {
    return totals.is_second_name && totals.splits.empty();
  });
}

void Run::take_bytes() {
  for (WorkerId worker = 0; worker < crew_.size(); ++worker) {
    const Member& member = members_[worker];
    WorkerTotals& totals = outcome_.workers[worker];
    totals.bytes_in = crew_[worker].bytes_in() - member.bytes_in_before;
    totals.bytes_out = crew_[worker].bytes_out() - member.bytes_out_before;
  }
}

void Run::show_metrics(Nanoseconds now) {
  if (config_.metrics == nullptr) return;
  take_bytes();
  const ProgressState state = progress_state(now);
  config_.metrics->show({.chunks = state.chunks,
                         .chunks_done = state.chunks_done,
                         .chunks_held = plan_.chunks_held(),
                         .workers = state.workers},
                        outcome_);
}

void Run::show_observers(Nanoseconds now, bool is_last) {
  if (!is_finished_ && !is_over_) lane_time_.pass(now - began_);
  std::optional<RunNow> state;
  tell_observers([&](RunObserver& observer) {
    if (!is_last && !observer.wants_to_look()) return;
    if (!state) state = this->state(now);
    observer.look(*state);
  });
}

RunNow Run::state(Nanoseconds now) const {
  RunNow state{.at = is_finished_ ? outcome_.wall_ns : now - began_,
               .chunks = chunking_.chunks(),
               .chunks_done = plan_.chunks_done(),
               .held = plan_.chunks_held()};
  for (WorkerId worker = 0; worker < members_.size(); ++worker)
    state.workers.push_back(state_of(worker, now));
  return state;
}

WorkerNow Run::state_of(WorkerId worker, Nanoseconds now) const {
  const Host& host = crew_[worker];
  const Member& member = members_[worker];
  WorkerNow state{.is_ready = host.is_ready(),
                  .was_ever_ready = host.was_ever_ready(),
                  .is_dismissed = host.is_dismissed(),
                  .is_released = host.is_released(),
                  .is_second_name = member.is_second_name,
                  .is_explained = host.is_explained(),
                  .problem = host.is_ready() ? "" : host.problem(),
                  .silence = host.silence(now),
                  .bytes_in = host.bytes_in() - member.bytes_in_before,
                  .bytes_out = host.bytes_out() - member.bytes_out_before};
  if (!member.session) return state;
  state.held = plan_.chunks_held(*member.session);
  state.late = plan_.latest(*member.session);
  return state;
}

ChunkTimes Run::record(const LaneTime::Arrival& arrival, const wire::Result& head) {
  ChunkTimes times = lane_time_.arrived(arrival, times_of(head));
  outcome_.decoding_ns += times.decoded - times.received;
  outcome_.verifying_ns += times.verified - times.decoded;
  outcome_.workers[arrival.worker].iterations += times.iterations;
  outcome_.workers[arrival.worker].prepared_ns += times.prepared_ns;
  tell_observers([&](RunObserver& observer) { observer.came(times); });
  return times;
}

std::vector<std::string> Run::story_lines(ChunkId chunk) const {
  std::vector<std::string> lines;
  for (const Transition& transition : plan_.story().of(chunk)) {
    std::string line =
        fmt::format("{:10.4f} s  {}", seconds(transition.at - began_), in_words(transition.kind));
    if (transition.session) line += " " + crew_[worker_of_[*transition.session]].label();
    lines.push_back(std::move(line));
  }
  if (plan_.story().has_forgotten()) lines.insert(lines.begin(), "(what came first is forgotten)");
  return lines;
}

ProgressState Run::progress_state(Nanoseconds now) const {
  const auto workers = std::ranges::count_if(crew_, [](const auto& h) { return h->is_ready(); });
  const auto written = writer_.written();
  return {.chunks = chunking_.chunks(),
          .chunks_done = plan_.chunks_done(),
          .pixels = std::uint64_t{chunking_.rows()} * columns(),
          .pixels_done = pixels_done_,
          .pixels_resumed = pixels_resumed_,
          .workers = static_cast<std::uint32_t>(workers),
          .elapsed = now - began_,
          .chunks_written = written ? std::optional(written->chunks) : std::nullopt,
          .writing_left = written ? written->time_for_rest(chunking_.rows()) : 0};
}

std::uint64_t Run::pixels(ChunkId chunk) const {
  return std::uint64_t{chunking_.band(chunk).rows} * columns();
}

}  // namespace mandel
