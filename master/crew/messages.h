// What a master says in a session, made into protobuf, and what a worker says of itself, as plain
// values: in one place, so that a field of the wire is found where its name suggests, and neither
// the loop nor the figures know protobuf. (What a worker sent is read where it is judged.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/wire/wire.h"
#include "master/chunks/chunking.h"
#include "master/chunks/ids.h"
#include "master/stats/timing.h"

namespace mandel {

// One attempt at a chunk.
struct TaskOrder {
  std::uint64_t job = 0;
  ChunkId chunk = 0;
  std::uint32_t attempt = 0;
  Band band;
  wire::Encoding encoding = wire::ENCODING_UNSPECIFIED;  // that is wished
};

wire::Envelope hello_message();
wire::Envelope open_job_message(std::uint64_t id, const Job& job);
// `acked` are the job's chunks whose results have come.
wire::Envelope task_message(const TaskOrder& order, const std::vector<ChunkId>& acked);
wire::Envelope beat_message(std::uint64_t job, const std::vector<ChunkId>& acked);
wire::Envelope cancel_message(std::uint64_t job, ChunkId chunk, std::uint32_t attempt);
wire::Envelope not_admitted_message(std::string_view reason);

// What a worker says of itself, its texts fit for a log.
struct WorkerInfo {
  std::string host;               // its own name for its machine
  std::string kernel;             // of its first lane that computes the job's counts
  std::uint64_t incarnation = 0;  // of the process
  std::uint32_t lanes = 0;        // that compute them
  std::uint32_t all_lanes = 0;
  std::uint32_t credit_max = 1;
};
// For jobs whose counts are of these semantics.
WorkerInfo info_of(const wire::Welcome& welcome, std::string_view semantics);
// Why it can't compute such counts, as a half sentence about "it"; empty if it can.
std::string why_unfit(const wire::Welcome& welcome, std::string_view semantics);

ClaimedTimes times_of(const wire::Result& result);

}  // namespace mandel
