// `--chunks auto`: how many chunks suit this picture on these workers? The job begins with a few
// chunks of two sizes, its opening. The first that come back tell the link's latency and bandwidth
// and the lanes' speed; farm_model.h says what each way to cut the rest would take. Meanwhile the
// workers have the others. It is measured, because the best count differs by a factor of 100
// between a loopback and a slow cable. It is not measured before the job, because a round trip in
// which nothing else is done costs more than a bad choice.
//
// Sources: latency and bandwidth from the least round trips of two sizes: V. Jacobson, "pathchar"
// (1997).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "master/auto_chunks/farm_model.h"
#include "master/chunks/chunking.h"

namespace mandel {

// How a chunk of the opening went.
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

// The picture that is to be cut, and what is cut of it already.
struct Uncut {
  std::uint32_t columns = 1;
  std::uint32_t rows = 1;
  Opening opening = {};
  std::span<const double> row_costs;  // of all rows, relative to each other
};

// At most a sixth of the rows, taken where a row costs what most rows cost. Each worker gets four
// chunks: one row, which tells the latency; a band, which tells bandwidth and speed; and two more
// bands, which keep it busy until the rest is cut. Nothing if the picture has too few rows for
// that, or too wide ones.
std::optional<Opening> opening_for(std::uint32_t rows, std::uint32_t columns, std::uint32_t workers,
                                   std::span<const double> row_costs);

// Are there enough for a choice?
bool is_enough(std::span<const Probe> probes);

// What the probes tell of these workers, of whose farm the link's figures are filled in. Nothing if
// there are no probes.
struct Measured {
  ModelFarm farm;
  double lane_ns_per_pixel = 0;  // of a row of mean cost
  double bytes_per_pixel = 0;
};
std::optional<Measured> measured_by(std::span<const Probe> probes, const ModelFarm& workers,
                                    std::span<const double> row_costs);

// How many chunks to cut the rest into, and why, as a sentence.
struct Estimate {
  std::uint32_t chunks = 1;
  std::string reason;
};
Estimate estimate_chunks(const Measured& measured, const Uncut& uncut);
// About as many as `wanted`, knowing nothing.
Estimate estimate_by_size(std::uint32_t wanted, const Uncut& uncut);

}  // namespace mandel
