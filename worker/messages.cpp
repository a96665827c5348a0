// See messages.h.
#include "worker/messages.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "common/base/random.h"
#include "common/base/text.h"
#include "common/program/version.h"
#include "common/wire/wire.h"
#include "kernels/deep/engine.h"
#include "kernels/device_list.h"

namespace mandel {
namespace {

// Of a TaskState in a beat, with every number as long as it can be.
constexpr std::size_t kTaskStateBytesMax = 34;
constexpr std::size_t kTasksInABeatMax = 1900;
static_assert(kTasksInABeatMax * kTaskStateBytesMax < kHeadBytesMax);
static_assert(kCreditMax < kTasksInABeatMax);  // for tasks that are cancelled and still run

void set_key(auto& message, const TaskKey& key) {
  message.set_job(key.job);
  message.set_chunk(key.chunk);
  message.set_attempt(key.attempt);
}

void set_protocols(auto& message) {
  message.set_protocol_min(kProtocolMin);
  message.set_protocol_max(kProtocolMax);
}

// A lane that computes true-count only says so in the fields that older masters read, too.
void set_lane(wire::Lane& entry, const Lane& lane) {
  if (lane.deep != nullptr) entry.set_deep_kernel(std::string(lane.deep->name));
  if (lane.backend == nullptr) {
    entry.set_kernel(std::string(lane.deep->name));
    entry.set_device("cpu");
    entry.set_semantics(std::string(kTrueCount));
    return;
  }
  entry.set_kernel(std::string(lane.backend->name));
  entry.set_device(std::string(lane.backend->device));
  entry.set_semantics(std::string(lane.backend->semantics));
  if (lane.backend->devices != nullptr)
    entry.set_model(printable(lane.backend->devices().devices[lane.device].name));
}

}  // namespace

Identity make_identity(const std::vector<std::string>& remarks) {
  constexpr std::size_t kRemarksMax = 8;
  Identity identity{.host = host_name(), .incarnation = random_number()};
  for (const std::string& remark : remarks) {
    if (identity.remarks.size() == kRemarksMax) break;
    identity.remarks.push_back(printable(remark));
  }
  return identity;
}

std::vector<wire::Encoding> shared_encodings(const wire::Hello& hello) {
  std::vector<wire::Encoding> shared;
  for (const wire::Encoding encoding : {wire::RAW_U32, wire::PLANES_LZ4})
    if (std::ranges::count(hello.encodings(), encoding) > 0) shared.push_back(encoding);
  return shared;
}

wire::Envelope join_message(const Identity& identity) {
  wire::Envelope envelope;
  wire::Join& join = *envelope.mutable_join();
  join.set_host(identity.host);
  join.set_incarnation(identity.incarnation);
  return envelope;
}

wire::Envelope welcome_message(std::uint32_t version, const Identity& identity,
                               std::span<const Lane> lanes, std::size_t credit,
                               std::span<const wire::Encoding> encodings) {
  wire::Envelope envelope;
  wire::Welcome& message = *envelope.mutable_welcome();
  message.set_protocol(version);
  message.set_software(fmt::format("mandel {}", kVersion));
  message.set_host(identity.host);
  message.set_incarnation(identity.incarnation);
  message.set_chunks_max(static_cast<std::uint32_t>(credit));
  for (const wire::Encoding encoding : encodings) message.add_encodings(encoding);
  for (const Lane& lane : lanes) {
    set_lane(*message.add_lanes(), lane);
  }
  for (const std::string& remark : identity.remarks) message.add_remarks(remark);
  set_protocols(message);
  return envelope;
}

wire::Envelope refusal_message(const std::string& reason) {
  wire::Envelope envelope;
  envelope.mutable_refusal()->set_reason(printable(reason));
  set_protocols(*envelope.mutable_refusal());
  return envelope;
}

wire::Envelope failure_message(const TaskKey& key, const std::string& reason) {
  wire::Envelope envelope;
  set_key(*envelope.mutable_failure(), key);
  envelope.mutable_failure()->set_reason(printable(reason));
  return envelope;
}

wire::Envelope beat_message(std::span<const TaskProgress> tasks) {
  wire::Envelope envelope;
  wire::Beat& beat = *envelope.mutable_beat();
  for (const TaskProgress& task : tasks.first(std::min(tasks.size(), kTasksInABeatMax))) {
    wire::TaskState& state = *beat.add_tasks();
    set_key(state, task.key);
    state.set_ticks(task.ticks);
  }
  return envelope;
}

wire::Envelope leaving_message() {
  wire::Envelope envelope;
  envelope.mutable_leaving();
  return envelope;
}

KeptResult kept_result_of(const Job& job, const QueuedTask& task, TaskResult result,
                          Nanoseconds handed, Nanoseconds now) {
  const auto& [lanes, print, body, encoded_ns] = result;
  wire::Result head;
  set_key(head, task.key);
  head.set_sum(print.sum);
  head.set_hash_low(print.hash_low);
  head.set_hash_high(print.hash_high);
  head.set_encoding(body.encoding);
  head.set_computed_ns(lanes.computed_ns);
  head.set_encoded_ns(encoded_ns);
  head.set_encoding_lane(static_cast<std::uint32_t>(lanes.last_lane));
  head.set_iterations_executed(lanes.stats.executed);
  head.set_iterations_skipped(lanes.stats.skipped);
  head.set_prepared_ns(lanes.stats.preparation_ns);
  head.set_undecided_first(lanes.stats.undecided_first);
  head.set_undecided_second(lanes.stats.undecided_second);
  const auto queued_ns = static_cast<std::uint64_t>(handed - task.arrived);
  head.set_arrived_ns(static_cast<std::uint64_t>(task.arrived));
  head.set_residence_ns(static_cast<std::uint64_t>(now - task.arrived));
  head.set_waited_ns(queued_ns + lanes.waited_ns);
  for (const LanePart& part : lanes.parts) {
    wire::LaneSpan& span = *head.add_spans();
    span.set_lane(static_cast<std::uint32_t>(part.lane));
    span.set_began_ns(queued_ns + part.began_ns);
    span.set_prepared_ns(part.prepared_ns);
    span.set_computed_ns(part.computed_ns);
  }
  return {.job = job,
          .first_row = task.first_row,
          .rows = task.rows,
          .head = head,
          .body = std::move(result.body)};
}

wire::Envelope result_message(const KeptResult& result) {
  wire::Envelope envelope;
  *envelope.mutable_result() = result.head;
  return envelope;
}

KeptResult answer_from(const KeptResult& kept, std::uint32_t attempt) {
  KeptResult answer = kept;
  answer.head.set_attempt(attempt);
  answer.head.set_waited_ns(0);
  answer.head.set_residence_ns(0);
  answer.head.clear_spans();
  return answer;
}

}  // namespace mandel
