// See messages.h.
#include "master/crew/messages.h"

#include <algorithm>
#include <fmt/format.h>

#include "common/base/text.h"
#include "common/program/version.h"

namespace mandel {

wire::Envelope hello_message() {
  wire::Envelope envelope;
  wire::Hello& hello = *envelope.mutable_hello();
  hello.set_protocol_min(kProtocolMin);
  hello.set_protocol_max(kProtocolMax);
  hello.set_software(fmt::format("mandel {}", kVersion));
  for (const auto encoding : {wire::RAW_U32, wire::PLANES_LZ4}) hello.add_encodings(encoding);
  return envelope;
}

wire::Envelope open_job_message(std::uint64_t id, const Job& job) {
  wire::Envelope envelope;
  *envelope.mutable_open_job() = open_job(id, job);
  return envelope;
}

wire::Envelope task_message(const TaskOrder& order, const std::vector<ChunkId>& acked) {
  wire::Envelope envelope;
  wire::Task& task = *envelope.mutable_task();
  task.set_job(order.job);
  task.set_chunk(order.chunk);
  task.set_attempt(order.attempt);
  task.set_first_row(order.band.first_row);
  task.set_rows(order.band.rows);
  task.set_encoding(order.encoding);
  task.mutable_acked()->Add(acked.begin(), acked.end());
  return envelope;
}

wire::Envelope beat_message(std::uint64_t job, const std::vector<ChunkId>& acked) {
  wire::Envelope envelope;
  wire::Beat& beat = *envelope.mutable_beat();
  if (acked.empty()) return envelope;
  wire::Acks& acks = *beat.add_acks();
  acks.set_job(job);
  acks.mutable_chunks()->Add(acked.begin(), acked.end());
  return envelope;
}

wire::Envelope cancel_message(std::uint64_t job, ChunkId chunk, std::uint32_t attempt) {
  wire::Envelope envelope;
  wire::Cancel& cancel = *envelope.mutable_cancel();
  cancel.set_job(job);
  cancel.set_chunk(chunk);
  cancel.set_attempt(attempt);
  return envelope;
}

wire::Envelope not_admitted_message(std::string_view reason) {
  wire::Envelope envelope;
  envelope.mutable_refusal()->set_reason(std::string(reason));
  return envelope;
}

WorkerInfo info_of(const wire::Welcome& welcome) {
  return {.host = printable(welcome.host()),
          .kernel = welcome.lanes().empty() ? "" : printable(welcome.lanes(0).kernel()),
          .incarnation = welcome.incarnation(),
          .lanes = static_cast<std::uint32_t>(welcome.lanes_size()),
          .credit_max = std::max<std::uint32_t>(1, welcome.chunks_max())};
}

ClaimedTimes times_of(const wire::Result& result) {
  ClaimedTimes times{.arrived_ns = result.arrived_ns(),
                     .residence_ns = result.residence_ns(),
                     .waited_ns = result.waited_ns(),
                     .encoding_lane = result.encoding_lane(),
                     .encoded_ns = result.encoded_ns(),
                     .iterations = result.iterations_executed(),
                     .spans = {}};
  for (const wire::LaneSpan& span : result.spans())
    times.spans.push_back(
        {.lane = span.lane(), .began_ns = span.began_ns(), .computed_ns = span.computed_ns()});
  return times;
}

}  // namespace mandel
