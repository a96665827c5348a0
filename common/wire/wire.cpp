// See wire.h.
#include "common/wire/wire.h"

#include <algorithm>
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

namespace mandel {

std::string in_words(const Protocols& protocols) {
  return protocols.min == protocols.max ? fmt::format("{}", protocols.min)
                                        : fmt::format("{} to {}", protocols.min, protocols.max);
}

std::string version_gap(const Protocols& master, const Protocols& worker) {
  if (std::max(master.min, worker.min) <= std::min(master.max, worker.max)) return "";
  const char* older = master.max < worker.max ? "mandel-master" : "mandel-worker";
  return fmt::format(
      "protocol versions do not meet: the master speaks {}, the worker {}; {} is the older one, "
      "install the other's release there",
      in_words(master), in_words(worker), older);
}

FromPeer<std::uint32_t> negotiate(const wire::Hello& hello) {
  std::string gap = version_gap({hello.protocol_min(), hello.protocol_max()}, {});
  if (!gap.empty()) return blame_peer(std::move(gap));
  return std::min(hello.protocol_max(), kProtocolMax);
}

std::string encode(const wire::Envelope& envelope) {
  std::string bytes;
  MANDEL_ASSERT(envelope.SerializeToString(&bytes));
  MANDEL_ASSERT(bytes.size() <= kHeadBytesMax);
  return bytes;
}

// Neither what begins a connection or a session, nor what may take long to obey: after that a
// reader turns to its other peers.
bool fits_batch(wire::Envelope::KindCase kind) {
  switch (kind) {
    case wire::Envelope::kTask:
    case wire::Envelope::kResult:
    case wire::Envelope::kFailure:
    case wire::Envelope::kCancel:
    case wire::Envelope::kBeat:
    case wire::Envelope::kLeaving:
    case wire::Envelope::kGoodbye:
    case wire::Envelope::kRefusal:
      return true;
    default:
      return false;
  }
}

namespace {

// How many of the batch's messages have a body.
FromPeer<int> results_of(const wire::Batch& batch) {
  if (batch.messages().empty() || batch.messages_size() > kBatchMax)
    return blame_peer(fmt::format("a batch of {} messages", batch.messages_size()));
  int results = 0;
  for (const wire::Envelope& message : batch.messages()) {
    if (!fits_batch(message.kind_case()))
      return blame_peer("a batch with a message that has no place in one");
    results += message.has_result() ? 1 : 0;
  }
  if (results != batch.body_bytes_size())
    return blame_peer("a batch that does not say how long its bodies are");
  return results;
}

}  // namespace

FromPeer<wire::Envelope> decode(std::span<const std::byte> head, bool has_body) {
  if (head.size() > kHeadBytesMax)
    return blame_peer(fmt::format("a head of {} bytes", head.size()));
  // What protobuf would say on stderr of a peer's bytes, a PeerError says better.
  [[maybe_unused]] static const auto before = google::protobuf::SetLogHandler(nullptr);
  wire::Envelope envelope;
  if (!envelope.ParseFromArray(head.data(), static_cast<int>(head.size())))
    return blame_peer("a head that is no message");
  if (envelope.kind_case() == wire::Envelope::KIND_NOT_SET)
    return blame_peer("a message of no known kind");
  bool takes_body = envelope.has_result();
  if (envelope.has_batch()) {
    const auto results = results_of(envelope.batch());
    if (!results) return tl::unexpected(results.error());
    takes_body = *results > 0;
  }
  if (takes_body != has_body)
    return blame_peer(has_body ? "a body that does not belong to a result"
                               : "a result without body");
  return envelope;
}

wire::Envelope goodbye_message() {
  wire::Envelope envelope;
  envelope.mutable_goodbye();
  return envelope;
}

wire::OpenJob open_job(std::uint64_t id, const Job& job) {
  wire::OpenJob message;
  message.set_job(id);
  message.set_max_iter(job.max_iter);
  if (const auto* tutorial = std::get_if<TutorialGrid>(&job.grid)) {
    message.set_tutorial_size(tutorial->size);
    return message;
  }
  if (const auto* deep = std::get_if<DeepView>(&job.grid)) {
    wire::DeepView& out = *message.mutable_deep();
    out.set_re(deep->re);
    out.set_im(deep->im);
    out.set_step_x(deep->step_x);
    out.set_step_y(deep->step_y);
    out.set_columns(deep->columns);
    out.set_rows(deep->rows);
    return message;
  }
  const View& view = std::get<View>(job.grid);
  wire::View& out = *message.mutable_view();
  out.set_centre_x(view.centre_x);
  out.set_centre_y(view.centre_y);
  out.set_step_x(view.step_x);
  out.set_step_y(view.step_y);
  out.set_columns(view.columns);
  out.set_rows(view.rows);
  return message;
}

FromPeer<Job> job_of(const wire::OpenJob& message) {
  Job job;
  job.max_iter = message.max_iter();
  switch (message.grid_case()) {
    case wire::OpenJob::kTutorialSize:
      job.grid = TutorialGrid{message.tutorial_size()};
      break;
    case wire::OpenJob::kView: {
      const wire::View& view = message.view();
      job.grid = View{view.centre_x(), view.centre_y(), view.step_x(),
                      view.step_y(),   view.columns(),  view.rows()};
      break;
    }
    case wire::OpenJob::kDeep: {
      const wire::DeepView& view = message.deep();
      job.grid =
          DeepView{view.re(), view.im(), view.step_x(), view.step_y(), view.columns(), view.rows()};
      break;
    }
    case wire::OpenJob::GRID_NOT_SET:
      return blame_peer("a job with no grid that this version knows");
  }
  if (const auto checked = check(job); !checked) return blame_peer(checked.error().what);
  return job;
}

Fingerprint claimed_fingerprint(const wire::Result& result) {
  return {result.sum(), result.hash_low(), result.hash_high()};
}

}  // namespace mandel
