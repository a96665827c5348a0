// See messages.h.
#include "master/crew/messages.h"

#include <algorithm>
#include <fmt/format.h>

#include "common/base/text.h"
#include "common/program/version.h"
#include "kernels/deep/engine.h"

namespace mandel {
namespace {

bool computes(const wire::Lane& lane, std::string_view semantics) {
  return semantics == kTrueCount ? !lane.deep_kernel().empty() : lane.semantics() == semantics;
}

}  // namespace

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

WorkerInfo info_of(const wire::Welcome& welcome, std::string_view semantics) {
  WorkerInfo info{.host = printable(welcome.host()),
                  .kernel = "",
                  .incarnation = welcome.incarnation(),
                  .lanes = 0,
                  .all_lanes = static_cast<std::uint32_t>(welcome.lanes_size()),
                  .credit_max = std::max<std::uint32_t>(1, welcome.chunks_max())};
  for (const wire::Lane& lane : welcome.lanes()) {
    if (!computes(lane, semantics)) continue;
    if (info.lanes++ == 0)
      info.kernel = printable(semantics == kTrueCount ? lane.deep_kernel() : lane.kernel());
  }
  return info;
}

std::string why_unfit(const wire::Welcome& welcome, std::string_view semantics) {
  if (welcome.lanes().empty()) return "it has no lanes";
  for (const wire::Lane& lane : welcome.lanes())
    if (semantics != kTrueCount && !computes(lane, semantics) && lane.semantics() != kTrueCount)
      return fmt::format("its kernel {} counts differently ({}), which can't be mixed in",
                         printable(lane.kernel()), printable(lane.semantics()));
  if (std::ranges::any_of(welcome.lanes(),
                          [&](const wire::Lane& lane) { return computes(lane, semantics); }))
    return "";
  return fmt::format(
      "it computes no {}, which this job needs ({}, kernel {}): start it with --kernel auto{}",
      semantics, printable(welcome.software()), printable(welcome.lanes(0).kernel()),
      semantics == kTrueCount ? ", from this release, built with GMP and MPFR" : "");
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
    times.spans.push_back({.lane = span.lane(),
                           .began_ns = span.began_ns(),
                           .computed_ns = span.computed_ns(),
                           .prepared_ns = span.prepared_ns()});
  return times;
}

}  // namespace mandel
