// See session.h.
#include "master/doctor/session.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/random.h"
#include "common/base/text.h"
#include "master/chunks/chunking.h"
#include "master/crew/messages.h"
#include "master/results/verify.h"

namespace mandel::doctor {
namespace {

constexpr int kTinyChunks = 20;
constexpr std::uint32_t kColumns = 4096;             // of a large chunk: a row is 16 KiB
constexpr std::uint32_t kRowsMax = 1024;             // 16 MiB
constexpr std::uint32_t kGrowth = 4;                 // from one to the next
constexpr Nanoseconds kEnough = 100 * kMillisecond;  // a transfer that long is measured well
constexpr std::uint32_t kIterations = 1;             // the kernel should take no time
constexpr std::uint32_t kLargeRows = 1 + 4 + 16 + 64 + 256 + kRowsMax;

View view_of(std::uint32_t columns, std::uint32_t rows) {
  return {0, 0, 0.001, 0.001, columns, rows};
}

// The next message; nothing if none came in time or the connection is over.
std::optional<FromPeer<Message>> next_message(DialLink& link, Nanoseconds deadline) {
  for (Sleeper sleeper;;) {
    if (auto message = link.receive()) return message;
    const Nanoseconds now = steady_now();
    if (link.ended() || now >= deadline) return std::nullopt;
    link.watch(sleeper);
    sleeper.sleep(deadline - now);
  }
}

// A job of our own at the worker, one chunk at a time.
class Errand {
 public:
  Errand(DialLink& link, std::uint32_t columns, std::uint32_t rows, Nanoseconds deadline)
      : link_(link), columns_(columns), deadline_(deadline) {
    link_.send(open_job_message(job_, {view_of(columns, rows), kIterations}));
  }

  // How long these rows took on the wire, there and back; nothing if they did not come: then end()
  // and reason() say why.
  std::optional<Nanoseconds> fetch(Band band) {
    std::vector<ChunkId> acked;
    if (chunk_ > 0) acked.push_back(chunk_ - 1);
    const auto task = task_message(
        {.job = job_, .chunk = chunk_, .attempt = 1, .band = band, .encoding = wire::RAW_U32},
        acked);
    const Nanoseconds sent = steady_now();
    link_.send(task);
    end_ = Measured::End::kSilent;
    while (auto message = next_message(link_, deadline_)) {
      const Nanoseconds received = steady_now();
      if (!*message) {
        fail("it sent " + message->error().what);
        return std::nullopt;
      }
      const wire::Envelope& head = (*message)->head;
      if (head.has_beat()) note(head.beat());
      if (head.has_failure()) fail("it failed with a chunk: " + printable(head.failure().reason()));
      if (head.has_refusal()) fail("it refuses: " + printable(head.refusal().reason()));
      if (head.has_goodbye()) fail("it left");
      if (end_ == Measured::End::kFailed) return std::nullopt;
      if (head.has_result()) return accept(**std::move(message), band, received - sent);
    }
    if (link_.ended()) fail("the connection was closed");
    return std::nullopt;
  }

  Measured::End end() const { return end_; }
  const std::string& reason() const { return reason_; }

 private:
  void fail(std::string reason) {
    end_ = Measured::End::kFailed;
    reason_ = std::move(reason);
  }

  // What the beat says of the chunk that is waited for.
  void note(const wire::Beat& beat) {
    const auto at = std::ranges::find_if(beat.tasks(), [&](const wire::TaskState& task) {
      return task.job() == job_ && task.chunk() == chunk_;
    });
    end_ = at == beat.tasks().end() ? Measured::End::kLate
           : at->ticks() > 0        ? Measured::End::kStuck
                                    : Measured::End::kWaiting;
  }

  std::optional<Nanoseconds> accept(Message message, Band band, Nanoseconds took) {
    const wire::Result& head = message.head.result();
    const std::size_t pixels = std::size_t{columns_} * band.rows;
    if (head.job() != job_ || head.chunk() != chunk_) {
      fail("it sent a result that nobody asked for");
      return std::nullopt;
    }
    if (auto counts = verified_counts(head, std::move(message.body), pixels, kIterations);
        !counts) {
      fail(counts.error().what);
      return std::nullopt;
    }
    ++chunk_;
    end_ = Measured::End::kDone;
    const auto residence = static_cast<Nanoseconds>(
        std::min(head.residence_ns(), static_cast<std::uint64_t>(took)));  // says the worker
    return took - residence;
  }

  DialLink& link_;
  const std::uint64_t job_ = random_number() | 1;
  const std::uint32_t columns_;
  const Nanoseconds deadline_;
  std::uint32_t chunk_ = 0;
  Measured::End end_ = Measured::End::kDone;
  std::string reason_;
};

void fetch_tiny(DialLink& link, Nanoseconds deadline, Measured& measured) {
  Errand errand(link, 1, kTinyChunks, deadline);
  for (std::uint32_t row = 0; row < kTinyChunks; ++row) {
    const auto took = errand.fetch({row, 1});
    if (!took) break;
    measured.round_trips.push_back(*took);
  }
  measured.end = errand.end();
  measured.reason = errand.reason();
}

void fetch_large(DialLink& link, Nanoseconds deadline, Measured& measured) {
  Errand errand(link, kColumns, kLargeRows, deadline);
  for (Band band{0, 1}; band.rows <= kRowsMax && measured.transfer < kEnough;) {
    const auto took = errand.fetch(band);
    if (!took) break;
    measured.transfer = *took;
    measured.bytes = std::uint64_t{band.rows} * kColumns * sizeof(std::uint32_t);
    band = {band.first_row + band.rows, kGrowth * band.rows};
  }
  measured.end = errand.end();
  measured.reason = errand.reason();
}

}  // namespace

Answer greet(DialLink& link, Nanoseconds deadline) {
  link.send(hello_message());
  const auto message = next_message(link, deadline);
  if (!message) return NoAnswer{link.ended()};
  if (!*message) return message->error();
  const wire::Envelope& head = (*message)->head;
  if (head.has_welcome()) return head.welcome();
  if (head.has_refusal()) return head.refusal();
  return PeerError{"a message before its welcome"};
}

Measured measure(DialLink& link, Nanoseconds deadline) {
  Measured measured;
  fetch_tiny(link, deadline, measured);
  if (measured.end == Measured::End::kDone) fetch_large(link, deadline, measured);
  return measured;
}

void take_leave(DialLink& link) { link.send(goodbye_message()); }

}  // namespace mandel::doctor
