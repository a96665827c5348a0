// Fills every protobuf message that a worker sends, from values: no state and no decision, so that
// the daemon's loop tells what is done, not which field is filled.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "kernels/lane_pool.h"
#include "mandel.pb.h"
#include "worker/results.h"
#include "worker/sessions.h"
#include "worker/task_result.h"

namespace mandel {

// What a worker process says about itself.
struct Identity {
  std::string host;
  std::uint64_t incarnation = 0;          // random: another process has another one
  std::vector<std::string> remarks = {};  // devices that are there and not used, and why
};

// Of `remarks` the first few, and each cut to a length: a welcome has to fit into a head.
Identity make_identity(const std::vector<std::string>& remarks);

// The encodings that this worker writes and the master reads.
std::vector<wire::Encoding> shared_encodings(const wire::Hello& hello);

wire::Envelope join_message(const Identity& identity);
wire::Envelope welcome_message(std::uint32_t version, const Identity& identity,
                               std::span<const Lane> lanes, std::size_t credit,
                               std::span<const wire::Encoding> encodings);
wire::Envelope refusal_message(const std::string& reason);
wire::Envelope failure_message(const TaskKey& key, const std::string& reason);
wire::Envelope beat_message(std::span<const TaskProgress> tasks);
wire::Envelope leaving_message();

// The result of a task that was handed to the lanes at `handed`, finished by them, and departs now.
KeptResult kept_result_of(const Job& job, const QueuedTask& task, TaskResult result,
                          Nanoseconds handed, Nanoseconds now);
// The same counts as the answer to another attempt: the work is what was computed then, the times
// are this attempt's.
KeptResult answer_from(const KeptResult& kept, std::uint32_t attempt);
wire::Envelope result_message(const KeptResult& result);

TaskKey key_of(const auto& message) { return {message.job(), message.chunk(), message.attempt()}; }

}  // namespace mandel
