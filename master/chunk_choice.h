// `--chunks auto`: how many chunks suit this picture on these workers? A few probes, bands of the
// picture, tell the link's latency and bandwidth and the lanes' speed; farm_model.h then says
// what each chunk count would take. Measured, because what is best differs by a factor of 100
// between a loopback and a slow cable.
//
// Sources: latency and bandwidth from the least round trips of two sizes: V. Jacobson, "pathchar"
// (1997).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/clock.h"
#include "master/chunking.h"
#include "master/farm_model.h"

namespace mandel {

// How one probe went.
struct Probe {
  Band band;
  std::uint64_t pixels = 0;
  std::uint64_t bytes = 0;        // of the result on the wire
  Nanoseconds round_trip_ns = 0;  // master: from sent to received
  Nanoseconds residence_ns = 0;   // worker: from the task's arrival to the result's departure
  Nanoseconds computed_ns = 0;    // lane time
  Nanoseconds encoded_ns = 0;     // lane time
  Nanoseconds master_ns = 0;      // decoding and verifying
  Nanoseconds sent_ns = 0;        // master: when, on its clock
};

// The workers of a job, taken as alike.
struct Workforce {
  std::uint32_t workers = 1;
  std::uint32_t lanes = 1;  // of all workers
  std::uint32_t credit_max = 1;
};

// What the choice is about.
struct Uncut {
  std::uint32_t columns = 1;
  std::uint32_t rows = 1;
  std::span<const double> row_costs;  // of all rows, relative to each other
};

// Bands of two sizes: the first rows, one each, for the latency; and for the bandwidth and the
// speed as many rows as 2 % of the picture allow, where a row costs the mean. None for a picture
// that is too low, or whose rows are too wide, to be probed cheaply.
std::vector<Band> probe_plan(std::uint32_t rows, std::uint32_t columns, std::uint32_t workers,
                             std::span<const double> row_costs);

// What the probes tell. Nothing if there are none.
struct Measured {
  Farm farm;
  double lane_ns_per_pixel = 0;  // of a row of mean cost
  double bytes_per_pixel = 0;
};
std::optional<Measured> learn_from(std::span<const Probe> probes, const Workforce& workforce,
                                   std::span<const double> row_costs);

// How many chunks to cut the picture into, and why, as a sentence.
struct ChunkChoice {
  std::uint32_t chunks = 1;
  Nanoseconds predicted_ns = 0;
  std::string reason;
};
ChunkChoice choose_chunks_for(const Measured& measured, const Uncut& uncut);

}  // namespace mandel
