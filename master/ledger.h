// Who did what: totals per worker address, for the table at the end and for --json.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/clock.h"

namespace mandel {

struct WorkerTotals {
  std::string label;   // the address that the user gave
  std::string host;    // the machine's own name
  std::string kernel;  // of its lanes
  std::uint32_t lanes = 0;
  std::uint32_t chunks = 0;  // accepted
  std::uint64_t pixels = 0;
  Nanoseconds computed_ns = 0;  // lane time, of accepted chunks
  std::uint32_t refused = 0;    // results that did not verify, and failures
  std::uint32_t lost = 0;       // sessions that broke off
  std::uint64_t bytes_in = 0;   // as the master sees it
  std::uint64_t bytes_out = 0;
  std::string problem;  // why it is not connected now
  bool was_ever_ready = false;
};

struct Outcome {
  int exit_code = 0;
  std::string problem;  // not empty: why the job was not completed
  std::uint64_t sum = 0;
  std::uint32_t chunks_done = 0;
  Nanoseconds wall_ns = 0;  // from the first dial to the last accepted chunk
  std::vector<WorkerTotals> workers;
};

}  // namespace mandel
