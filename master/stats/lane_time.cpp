// See lane_time.h.
#include "master/stats/lane_time.h"

#include <algorithm>
#include <utility>

#include "common/base/error.h"

namespace mandel {
namespace {

// Spans of a lane that wait for an earlier one: of a chunk that other lanes are at still.
constexpr std::size_t kEntriesMax = 32;
// Cancelled tasks whose results may come all the same.
constexpr std::size_t kCancelledMax = 1024;

Nanoseconds claimed(std::uint64_t ns, Nanoseconds most) {
  return static_cast<Nanoseconds>(
      std::min(ns, static_cast<std::uint64_t>(std::max<Nanoseconds>(0, most))));
}

}  // namespace

void Account::joined(WorkerId worker, std::uint32_t lanes, Nanoseconds at) {
  Worker& books = workers_[worker];
  for (Book& book : books.books) enter(book, at, book.split.away_ns);
  if (books.books.size() < lanes) books.books.resize(lanes);
  books.connected = lanes;
  books.offset = {};
}

void Account::lost(WorkerId worker, Nanoseconds at) {
  Worker& books = workers_[worker];
  for (Book& book : books.books) {
    enter_all(book);
    enter(book, at, book.split.away_ns);
  }
  books.connected = 0;
  for (auto& [chunk, sent] : sent_)
    std::erase_if(sent, [&](const Sent& one) { return one.worker == worker; });
  std::erase_if(sent_, [](const auto& chunk) { return chunk.second.empty(); });
}

void Account::sent(WorkerId worker, ChunkId chunk, Nanoseconds at) {
  std::vector<Sent>& sent = sent_[chunk];
  const bool is_backup =
      std::ranges::any_of(sent, [&](const Sent& s) { return s.worker != worker; });
  std::erase_if(sent, [&](const Sent& s) { return s.worker == worker; });
  sent.push_back({worker, at});
  if (!is_backup) last_sent_ = at;
}

void Account::cancelled(WorkerId worker, ChunkId chunk) {
  cancelled_.emplace_back(worker, chunk);
  if (cancelled_.size() <= kCancelledMax) return;
  const auto [oldest, of] = cancelled_.front();
  cancelled_.pop_front();
  take_sent(oldest, of, 0);
}

// When the chunk was sent there; it is forgotten.
Nanoseconds Account::take_sent(WorkerId worker, ChunkId chunk, Nanoseconds otherwise) {
  const auto found = sent_.find(chunk);
  if (found == sent_.end()) return otherwise;
  const auto one = std::ranges::find(found->second, worker, &Sent::worker);
  if (one == found->second.end()) return otherwise;
  const Nanoseconds at = one->at;
  found->second.erase(one);
  if (found->second.empty()) sent_.erase(found);
  return at;
}

ChunkTimes Account::arrived(const wire::Result& head, const Arrival& arrival) {
  Worker& worker = workers_[arrival.worker];
  ChunkTimes times;
  times.chunk = head.chunk();
  times.worker = arrival.worker;
  times.first_row = arrival.band.first_row;
  times.rows = arrival.band.rows;
  times.received = arrival.received;
  times.decoded = arrival.decoded;
  times.verified = arrival.verified;
  times.bytes = arrival.bytes;
  times.iterations = head.iterations_executed();
  times.is_accepted = arrival.is_accepted;
  // A result that nobody here asked for was on its way already: an earlier session's.
  times.sent = take_sent(arrival.worker, head.chunk(), arrival.received);
  times.residence_ns = claimed(head.residence_ns(), times.received - times.sent);
  times.waited_ns = claimed(head.waited_ns(), times.residence_ns);

  const Nanoseconds their_arrival = claimed(head.arrived_ns(), INT64_MAX / 4);
  worker.offset.learn(times.sent, times.received, their_arrival,
                      their_arrival + times.residence_ns);
  const Nanoseconds arrived = std::clamp(worker.offset.at_master(their_arrival), times.sent,
                                         times.received - times.residence_ns);
  for (const wire::LaneSpan& said : head.spans()) {
    if (said.lane() >= worker.books.size()) continue;
    const Nanoseconds began = claimed(said.began_ns(), times.residence_ns);
    const Nanoseconds computed_ns = claimed(said.computed_ns(), times.residence_ns - began);
    const Nanoseconds encoded_ns =
        said.lane() == head.encoding_lane()
            ? claimed(head.encoded_ns(), times.residence_ns - began - computed_ns)
            : 0;
    times.spans.push_back({said.lane(), arrived + began, computed_ns, encoded_ns});
    times.computed_ns += computed_ns;
    times.encoded_ns += encoded_ns;
    Book& book = worker.books[said.lane()];
    book.entries.push_back({times.spans.back(), times.sent, arrived, times.received});
    if (book.entries.size() > kEntriesMax) enter_earliest(book);
  }
  return times;
}

// Everything up to this point, if it has no entry yet, belongs to `part`.
void Account::enter(Book& book, Nanoseconds until, Nanoseconds& part) {
  if (until <= book.cursor) return;
  part += until - book.cursor;
  book.cursor = until;
}

// Up to where the lane began with `next`.
void Account::enter_idle(Book& book, const Entry& next) {
  const Nanoseconds began = next.span.began;
  TimeSplit& split = book.split;
  if (book.has_begun) enter(book, std::min({began, book.result_came, next.sent}), split.wire_ns);
  enter(book, std::min(began, next.sent), book.has_begun ? split.starved_ns : split.startup_ns);
  enter(book, std::min(began, next.arrived), split.wire_ns);
  enter(book, began, split.handover_ns);
}

void Account::enter_earliest(Book& book) {
  const auto earliest = std::ranges::min_element(
      book.entries, {}, [](const Entry& entry) { return entry.span.began; });
  const Entry entry = *earliest;
  book.entries.erase(earliest);
  enter_idle(book, entry);
  enter(book, entry.span.began + entry.span.computed_ns, book.split.computing_ns);
  enter(book, entry.span.end(), book.split.encoding_ns);
  book.result_came = std::max(book.result_came, entry.received);
  book.has_begun = true;
}

void Account::enter_all(Book& book) {
  while (!book.entries.empty()) enter_earliest(book);
}

void Account::close(Nanoseconds at) {
  for (Worker& worker : workers_) {
    for (std::size_t lane = 0; lane < worker.books.size(); ++lane) {
      Book& book = worker.books[lane];
      enter_all(book);
      TimeSplit& split = book.split;
      if (lane >= worker.connected) {
        enter(book, at, split.away_ns);
        continue;
      }
      if (book.has_begun) enter(book, std::min(at, book.result_came), split.wire_ns);
      enter(book, std::min(at, last_sent_), book.has_begun ? split.starved_ns : split.startup_ns);
      enter(book, at, split.tail_ns);
    }
  }
}

std::vector<TimeSplit> Account::lanes(WorkerId worker) const {
  std::vector<TimeSplit> splits;
  for (const Book& book : workers_[worker].books) splits.push_back(book.split);
  return splits;
}

TimeSplit Account::total(WorkerId worker) const {
  TimeSplit total;
  for (const Book& book : workers_[worker].books) total += book.split;
  return total;
}

}  // namespace mandel
