// What a run writes down of itself, for its end and for those who watch: nothing here changes what
// happens next.
#include <algorithm>
#include <fmt/format.h>

#include "master/job/run.h"

namespace mandel {

void Run::close_books() {
  outcome_.cpu_ns = process_cpu_now() - cpu_began_;
  outcome_.chunks_done = plan_.chunks_done();
  outcome_.backups = plan_.backups();
  outcome_.set_aside = plan_.set_aside();
  if (config_.explain) outcome_.story = story_lines(*config_.explain);
  for (WorkerId worker = 0; worker < hosts_.size(); ++worker) {
    WorkerTotals& totals = outcome_.workers[worker];
    totals.splits = account_.lanes(worker);
    totals.problem = hosts_[worker].is_ready() ? "" : hosts_[worker].problem();
    totals.was_ever_ready = hosts_[worker].was_ever_ready();
    totals.has_left = hosts_[worker].has_left();
  }
  take_bytes();
  show_metrics(steady_now());
}

void Run::take_bytes() {
  for (WorkerId worker = 0; worker < hosts_.size(); ++worker) {
    outcome_.workers[worker].bytes_in = hosts_[worker].bytes_in() - bytes_in_before_[worker];
    outcome_.workers[worker].bytes_out = hosts_[worker].bytes_out() - bytes_out_before_[worker];
  }
}

void Run::show_metrics(Nanoseconds now) {
  if (config_.metrics == nullptr) return;
  take_bytes();
  const ProgressState state = progress_state(now);
  config_.metrics->show({state.chunks, state.chunks_done, plan_.chunks_held(), state.workers},
                        outcome_);
}

ChunkTimes Run::enter_into_account(WorkerId worker, const wire::Result& head,
                                   Account::Arrival arrival) {
  arrival.worker = worker;
  arrival.band = chunking_.band(head.chunk());
  ChunkTimes times = account_.arrived(head, arrival);
  outcome_.decoding_ns += times.decoded - times.received;
  outcome_.verifying_ns += times.verified - times.decoded;
  outcome_.workers[worker].iterations += times.iterations;
  if (config_.on_result) config_.on_result(times);
  return times;
}

std::vector<std::string> Run::story_lines(ChunkId chunk) const {
  std::vector<std::string> lines;
  for (const Transition& transition : plan_.story().of(chunk)) {
    std::string line =
        fmt::format("{:10.4f} s  {}", seconds(transition.at - began_), in_words(transition.kind));
    if (transition.session) line += " " + hosts_[worker_of_[*transition.session]].label();
    lines.push_back(std::move(line));
  }
  if (plan_.story().has_forgotten()) lines.insert(lines.begin(), "(what came first is forgotten)");
  return lines;
}

ProgressState Run::progress_state(Nanoseconds now) const {
  const auto workers = std::ranges::count_if(hosts_, [](const auto& h) { return h->is_ready(); });
  return {chunking_.chunks(), plan_.chunks_done(), std::uint64_t{chunking_.rows()} * columns(),
          pixels_done_,       pixels_resumed_,     static_cast<std::uint32_t>(workers),
          now - began_};
}

std::uint64_t Run::pixels(ChunkId chunk) const {
  return std::uint64_t{chunking_.band(chunk).rows} * columns();
}

}  // namespace mandel
