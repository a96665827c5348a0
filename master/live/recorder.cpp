// See recorder.h.
#include "master/live/recorder.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

#include "common/base/error.h"

namespace mandel {
namespace {

constexpr std::uint32_t kLaneRowsEach = 96;  // as long as there are no more, a lane has its own row
constexpr std::uint32_t kLaneRowsMax = 256;
constexpr Nanoseconds kJobColumn = 10 * kMillisecond;  // to begin with
constexpr Nanoseconds kMinuteColumn = 200 * kMillisecond;
constexpr Nanoseconds kMinute = 60 * kSecond;
constexpr std::size_t kEstatesMax = 64;
constexpr std::size_t kCostsMax = 4096;
constexpr Nanoseconds kSilent = 3 * kSecond / 2;  // three beats
constexpr double kLate = 2;                       // times what was expected

std::size_t number_of(Nanoseconds TimeSplit::* part) {
  const auto found = std::ranges::find(kTimeParts, part, &TimePart::time);
  return static_cast<std::size_t>(found - kTimeParts.begin());
}

std::size_t wire_part() { return number_of(&TimeSplit::wire_ns); }

}  // namespace

struct LiveRecorder::Worker {
  std::string label;
  std::string host = {};
  std::string kernel = {};
  std::uint32_t lanes = 0;
  std::optional<std::uint32_t> first_row = {};  // of lanes; nothing: they are not shown
  bool has_row_each = false;
  std::uint32_t chunks = 0;
  double work = 0;  // in iterations
  std::optional<double> round_trip_s = {};
  RecentRate speed = {};
  RecentRate in = {};
  RecentRate out = {};
  RecentParts recent = {};
  bool was_here = false;
  bool has_left = false;
  std::string parted = {};  // why
  std::string caught = {};
  std::uint32_t revoked = 0;
  std::optional<std::uint32_t> estate = {};  // left when it was caught
};

LiveRecorder::LiveRecorder(std::function<bool()> is_watched,
                           std::function<void(std::shared_ptr<const LiveState>)> show)
    : is_watched_(std::move(is_watched)), show_(std::move(show)) {}

LiveRecorder::~LiveRecorder() = default;

void LiveRecorder::begin(LiveJob job, std::int64_t began_ms) {
  const std::uint32_t run = state_.run + 1;
  auto sweep = std::move(state_.sweep);
  display_ = Display(job.columns, job.rows);
  work_ = WorkEstimate(job.rows);
  state_ = LiveState{};
  state_.run = run;
  state_.sweep = std::move(sweep);
  state_.display_columns = display_.columns();
  for (std::uint32_t k = 0; k < display_.columns(); ++k)
    state_.columns_shown.push_back(display_.column_of_picture(k));
  state_.job = std::move(job);
  state_.began_ms = began_ms;
  now_ = RunNow{.chunks = state_.job.chunks};
  happenings_ = Happenings();
  lanes_job_ = LaneGrid(kJobColumn);
  lanes_minute_ = LaneGrid(kMinuteColumn, kMinute);
  rate_ = RecentRate();
  rate_.note(0, 0);
  pixels_ = 0;
  chunks_before_ = 0;
  workers_.clear();
  out_.clear();
  costs_.clear();
  estates_.clear();
  orphans_.clear();
  show();
}

void LiveRecorder::done_before(ChunkId chunk, const Band& band, const Display::ReadRow& read_row) {
  display_.done_before(chunk, band, read_row);
  work_.done_before(band);
  ++chunks_before_;
}

void LiveRecorder::set_sweep(LiveSweep sweep) { state_.sweep = std::move(sweep); }

void LiveRecorder::set_phase(std::string_view phase, std::string ending) {
  state_.phase = phase;
  if (!ending.empty()) happenings_.add(now_.at, "end", kNobody, ending);
  state_.ending = std::move(ending);
  show();
}

std::string LiveRecorder::name(WorkerId worker) const { return workers_[worker].label; }

void LiveRecorder::enlisted(WorkerId worker, const std::string& label) {
  MANDEL_ASSERT(worker == workers_.size());
  if (worker == 0 && chunks_before_ > 0)
    happenings_.add(0, "resumed", kNobody,
                    fmt::format("An earlier run had done {}.", count_chunks(chunks_before_)));
  workers_.push_back({.label = label});
}

void LiveRecorder::joined(const Joiner& joiner, Nanoseconds at) {
  Worker& worker = workers_[joiner.worker];
  worker.host = joiner.host;
  worker.kernel = joiner.kernel;
  if (!worker.first_row) {
    const std::uint32_t rows = lanes_job_.rows();
    worker.has_row_each = rows + joiner.lanes <= kLaneRowsEach;
    const std::uint32_t wanted = worker.has_row_each ? joiner.lanes : 1;
    if (rows + wanted <= kLaneRowsMax) {
      worker.first_row = rows;
      for (std::uint32_t lane = 0; lane < wanted; ++lane) {
        lanes_job_.add_row();
        lanes_minute_.add_row();
        state_.lane_rows.emplace_back(joiner.worker,
                                      worker.has_row_each ? std::optional(lane) : std::nullopt);
      }
      worker.lanes = joiner.lanes;
    }
  }
  // A lane more than it had before has no row: it belongs to another process by that name.
  if (!worker.first_row) worker.lanes = joiner.lanes;
  happenings_.add(at, "joined", joiner.worker,
                  worker.was_here
                      ? fmt::format("{} is back.", worker.label)
                      : fmt::format("{} joined: {} lane{} of {} on {}.", worker.label, joiner.lanes,
                                    joiner.lanes == 1 ? "" : "s", joiner.kernel, joiner.host));
  worker.speed.note(at, worker.work);
  if (!worker.was_here) {
    worker.in.note(at, 0);
    worker.out.note(at, 0);
  }
  worker.was_here = true;
  worker.has_left = false;
  worker.parted.clear();
}

std::string LiveRecorder::text_of(const Estate& estate) const {
  return in_words(estate, [this](WorkerId worker) { return name(worker); });
}

// What it had goes to others, and what is said of it grows by who they are. Returns its number.
std::uint32_t LiveRecorder::leave_estate(WorkerId worker, Estate estate, std::string_view kind,
                                         Nanoseconds at) {
  const std::uint32_t number = next_estate_++;
  workers_[worker].speed = {};
  for (auto it = out_.begin(); it != out_.end();) {
    auto& [chunk, out] = *it;
    std::erase(out.holders, worker);
    if (!out.holders.empty()) {
      ++it;
      continue;
    }
    display_.came_back(out.band);
    orphans_[chunk] = number;
    estate.heirs[chunk] = kNobody;
    it = out_.erase(it);
  }
  const std::uint32_t happening = happenings_.add(at, kind, worker, text_of(estate));
  estates_[number] = {std::move(estate), happening};
  if (estates_.size() <= kEstatesMax) return number;
  std::erase_if(orphans_, [&](const auto& one) { return one.second == estates_.begin()->first; });
  estates_.erase(estates_.begin());
  return number;
}

void LiveRecorder::parted(WorkerId worker, Parting how, const std::string& reason, Nanoseconds at) {
  Worker& gone = workers_[worker];
  gone.has_left = how == Parting::kLeft;
  gone.parted = reason;
  leave_estate(worker,
               {.said = gone.has_left ? fmt::format("{} has left", gone.label)
                                      : fmt::format("Lost {}: {}", gone.label, reason)},
               gone.has_left ? "gone" : "lost", at);
}

void LiveRecorder::sent(WorkerId worker, ChunkId chunk, const Band& band, std::uint32_t attempt,
                        Nanoseconds at) {
  Out& out = out_[chunk];
  out.band = band;
  if (!out.holders.empty() && std::ranges::count(out.holders, worker) == 0)
    happenings_.add(at, "backup", worker,
                    fmt::format("{} had nothing left to begin, and got chunk {} of {}, too.",
                                name(worker), chunk, name(out.holders.front())));
  std::erase(out.holders, worker);
  out.holders.push_back(worker);
  display_.sent(chunk, band, worker, attempt, at);
  inherit(worker, chunk);
}

// If the chunk was left by another.
void LiveRecorder::inherit(WorkerId worker, ChunkId chunk) {
  const auto orphan = orphans_.find(chunk);
  if (orphan == orphans_.end()) return;
  auto& [estate, happening] = estates_.at(orphan->second);
  orphans_.erase(orphan);
  estate.heirs[chunk] = worker;
  happenings_.amend(happening, text_of(estate));
}

void LiveRecorder::let_go(WorkerId worker, ChunkId chunk) {
  const auto out = out_.find(chunk);
  if (out == out_.end()) return;
  std::erase(out->second.holders, worker);
  if (!out->second.holders.empty()) return;
  display_.came_back(out->second.band);
  out_.erase(out);
}

void LiveRecorder::cancelled(WorkerId worker, ChunkId chunk) { let_go(worker, chunk); }

void LiveRecorder::came(const ChunkTimes& times) {
  Worker& worker = workers_[times.worker];
  const double wire_s = seconds(times.wire_ns());
  worker.round_trip_s = worker.round_trip_s ? 0.8 * *worker.round_trip_s + 0.2 * wire_s : wire_s;
  if (!times.is_accepted) return let_go(times.worker, times.chunk);
  display_.came(times);
  costs_[times.chunk] = static_cast<double>(times.iterations);
  if (costs_.size() > kCostsMax) costs_.erase(costs_.begin());
}

void LiveRecorder::returned(WorkerId worker, ChunkId chunk, const std::string& reason,
                            Nanoseconds at) {
  happenings_.add(at, "returned", worker,
                  fmt::format("Chunk {} came back from {}: {}.", chunk, name(worker), reason));
  let_go(worker, chunk);
}

void LiveRecorder::kept(WorkerId worker, ChunkId chunk) {
  const auto out = out_.find(chunk);
  if (out == out_.end()) return;
  display_.kept(out->second.band);
  std::erase(out->second.holders, worker);
  if (out->second.holders.empty()) out_.erase(out);
}

void LiveRecorder::accepted(WorkerId worker, ChunkId chunk, const Band& band,
                            std::span<const std::uint32_t> counts, Nanoseconds at) {
  out_.erase(chunk);
  inherit(worker, chunk);  // who was lost may have come back with it
  display_.accepted(chunk, band, worker, counts, at);
  // A pixel costs something even where a kernel sees at once that it never escapes.
  const auto cost = costs_.extract(chunk);
  const double work = static_cast<double>(counts.size()) + (cost.empty() ? 0 : cost.mapped());
  work_.done(band, work);
  Worker& maker = workers_[worker];
  ++maker.chunks;
  maker.work += work;
  maker.speed.note(at, maker.work);
  pixels_ += static_cast<double>(counts.size());
  rate_.note(at, pixels_);
}

void LiveRecorder::revoked(WorkerId worker, ChunkId, const Band& band) {
  display_.revoked(band);
  work_.undone(band);
  Worker& maker = workers_[worker];
  if (maker.chunks > 0) --maker.chunks;
  ++maker.revoked;
  const auto left = maker.estate ? estates_.find(*maker.estate) : estates_.end();
  if (left == estates_.end()) return;
  auto& [estate, happening] = left->second;
  estate.revoked = maker.revoked;
  happenings_.amend(happening, text_of(estate));
}

void LiveRecorder::dismissed(WorkerId worker, const std::string& reason, Nanoseconds at) {
  Worker& caught = workers_[worker];
  caught.caught = reason;
  caught.estate =
      leave_estate(worker,
                   {.said = fmt::format("{} is not used any more: {}", caught.label, reason),
                    .revoked = caught.revoked},
                   "caught", at);
}

void LiveRecorder::rests(WorkerId worker, std::uint32_t falls, Nanoseconds at) {
  happenings_.add(at, "rest", worker,
                  fmt::format("{} came to nothing {} times in a row; it gets no chunk for a while.",
                              name(worker), falls));
}

void LiveRecorder::told(const LaneSlice& slice) {
  Worker& worker = workers_[slice.worker];
  const std::size_t part = number_of(slice.part);
  state_.parts[part] += seconds(slice.to - slice.from);
  worker.recent.add(part, slice.from, slice.to);
  if (!worker.first_row || slice.lane >= worker.lanes) return;
  const std::uint32_t row = *worker.first_row + (worker.has_row_each ? slice.lane : 0);
  const double weight = worker.has_row_each ? 1 : 1.0 / worker.lanes;
  lanes_job_.add(row, part, slice.from, slice.to, weight);
  lanes_minute_.add(row, part, slice.from, slice.to, weight);
}

void LiveRecorder::look(const RunNow& now) {
  now_ = now;
  for (std::size_t k = 0; k < now.workers.size() && k < workers_.size(); ++k) {
    workers_[k].in.note(now.at, static_cast<double>(now.workers[k].bytes_in));
    workers_[k].out.note(now.at, static_cast<double>(now.workers[k].bytes_out));
  }
  show();
}

LiveWorker LiveRecorder::shown(WorkerId id, const WorkerNow& now, Nanoseconds at) const {
  const Worker& worker = workers_[id];
  LiveWorker shown{.id = id,
                   .label = worker.label,
                   .host = worker.host,
                   .kernel = worker.kernel,
                   .lanes = worker.lanes,
                   .chunks = worker.chunks,
                   .speed = worker.speed.rate(at),
                   .round_trip_s = worker.round_trip_s,
                   .in_rate = worker.in.rate(at),
                   .out_rate = worker.out.rate(at),
                   .state = "working",
                   .words = "working",
                   .advice = ""};
  const auto say = [&](std::string_view state, std::string words, std::string_view advice = "") {
    shown.state = state;
    shown.words = std::move(words);
    shown.advice = advice;
  };
  const PartSeconds recent = worker.recent.sum();
  if (!worker.caught.empty())
    say("caught", fmt::format("caught: {}", worker.caught),
        "Its counts can't be trusted: look at its memory and its build.");
  else if (now.is_released)
    say("gone", "taken off the list");
  else if (!now.is_ready && now.was_ever_ready)
    say("gone", worker.has_left ? "has left" : fmt::format("gone: {}", worker.parted));
  else if (!now.is_ready && now.is_explained)
    say("not admitted", fmt::format("not admitted: {}", now.problem),
        "Ask mandel-master doctor, with the same --hosts.");
  else if (!now.is_ready)
    say("absent", now.problem.empty() ? "no answer yet" : now.problem,
        "Is mandel-worker running there? Ask mandel-master doctor, with the same --hosts.");
  else if (state_.phase != "computing")
    say("done", "done");
  else if (now.silence >= kSilent)
    say("silent", fmt::format("silent for {:.0f} s", seconds(now.silence)),
        "Is it asleep, or cut off? Soon others get its chunks.");
  else if (now.late && now.late->times >= kLate)
    say("late",
        fmt::format("late: chunk {} at {:.1f} × its time", now.late->chunk, now.late->times),
        "When another has nothing to do, it gets that chunk, too.");
  else if (now.held == 0)
    say("idle", worker.chunks == 0 ? "waiting for its first chunk" : "nothing left to do");
  else if (recent[wire_part()] > sum_of(recent) / 2)
    say("waiting", "waiting for the wire",
        "More than half of its time goes into the wire. Fewer chunks help where answers take long, "
        "and only a wider wire where few bytes fit through.");
  return shown;
}

void LiveRecorder::show() {
  ++version_;
  auto state = std::make_shared<LiveState>(state_);
  const Nanoseconds at = now_.at;
  state->version = version_;
  state->at = at;
  state->job.chunks = now_.chunks;
  state->chunks_done = now_.chunks_done;
  state->chunks_held = now_.held;
  const WorkEstimate::Shown work = work_.show(at);
  state->work_done = work.done;
  if (state_.phase == "computing") state->left_s = work.left_s;
  state->rate = rate_.rate(at);
  // Of each machine the last that is known of it: one with long chunks tells later than one that is
  // gone.
  for (const Worker& worker : workers_) {
    const PartSeconds recent = worker.recent.sum();
    for (std::size_t part = 0; part < recent.size(); ++part) state->recent[part] += recent[part];
  }
  state->rows = display_.show(version_);
  state->lanes_job = lanes_job_.show(version_);
  state->lanes_minute = lanes_minute_.show(version_);
  state->happenings = happenings_.show(version_);
  for (WorkerId id = 0; id < now_.workers.size() && id < workers_.size(); ++id) {
    const WorkerNow& now = now_.workers[id];
    if (now.is_second_name && workers_[id].chunks == 0) continue;
    if (now.is_ready) ++state->machines;
    if (state->workers.size() < LiveState::kWorkersMax)
      state->workers.push_back(shown(id, now, at));
    else
      ++state->workers_left_out;
  }
  show_(std::move(state));
}

}  // namespace mandel
