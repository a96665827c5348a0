// Who did what: totals per worker address, for the table at the end, for --json and for metrics.
// Plain data, which the loop keeps up as results come. What is said of it is made elsewhere
// (summary.h, metrics.h), so that tests of the wording need no job.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/net/address.h"
#include "master/stats/timing.h"

namespace mandel {

// Pixels of a true-count job by the way that decided them: the first and quickest, the second,
// which gets what that left, and the third, which decides all.
struct Rungs {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  std::uint64_t third = 0;

  Rungs& operator+=(const Rungs& other) {
    first += other.first;
    second += other.second;
    third += other.third;
    return *this;
  }
  Rungs& operator-=(const Rungs& other) {
    first -= other.first;
    second -= other.second;
    third -= other.third;
    return *this;
  }
};

struct WorkerTotals {
  std::string label;               // the address that the user gave
  std::optional<Address> address;  // the same; not of the worker inside
  std::string host;                // the machine's own name
  std::string kernel;              // of its lanes
  std::uint32_t lanes = 0;
  std::uint32_t chunks = 0;  // accepted
  std::uint64_t pixels = 0;
  Nanoseconds computed_ns = 0;    // lane time, of accepted chunks
  Nanoseconds prepared_ns = 0;    // lane time before, once a picture, in all results that came
  std::uint64_t iterations = 0;   // executed, in all results that came
  std::vector<TimeSplit> splits;  // of its lanes' time; each adds up to the job's wall time
  std::uint32_t refused = 0;      // results that did not verify, and failures
  std::uint32_t lost = 0;         // sessions that broke off
  std::uint32_t revoked = 0;      // accepted, then computed again: the worker was caught lying
  std::uint64_t bytes_in = 0;     // as the master sees it
  std::uint64_t bytes_out = 0;
  std::string problem;  // why it is not connected now
  bool was_ever_ready = false;
  bool has_left = false;        // of its own will
  bool is_second_name = false;  // of a worker that has its own row
  // Where it was dialled, numeric, if nothing is known but that no session came of it; by a link
  // with keys?
  std::optional<Address> silent_at = {};
  bool expects_keys = false;
};

// Why a run did not come to its end.
struct Unfinished {
  int exit_code = 0;
  std::string problem;
};

struct Outcome {
  int exit_code = 0;
  std::string problem;    // not empty: why the job was not completed
  std::string semantics;  // of its counts
  std::uint64_t sum = 0;
  Rungs rungs;                       // without chunks of an earlier master
  std::uint32_t pixels_audited = 0;  // by the oracle
  std::uint32_t chunks_done = 0;
  std::uint32_t chunks_resumed = 0;  // of them, by an earlier master
  std::uint32_t backups = 0;         // chunks sent to a second worker because the first was late
  std::uint32_t late = 0;            // results that came when they were not needed any more
  std::vector<std::string> quarantined;            // "HOST: what it did"
  std::map<std::uint32_t, std::string> set_aside;  // chunks that nobody could compute, and why
  std::vector<std::string> story;                  // of --explain's chunk, a line an event
  Nanoseconds wall_ns = 0;       // from the job's beginning to the last accepted chunk
  Nanoseconds decoding_ns = 0;   // of the master's loop
  Nanoseconds verifying_ns = 0;  // the same
  Nanoseconds cpu_ns = 0;        // of the whole process, a worker inside included
  std::vector<WorkerTotals> workers;

  std::uint32_t lanes() const;
  TimeSplit split() const;  // of all lanes: adds up to lanes() x wall_ns
};

}  // namespace mandel
