// What a finished job says: the tutorial's own three lines, its table of workers, and JSON. Pure
// functions that return text, so that a test needs no job. The tutorial's words are kept, so that
// both outputs can be compared.
#pragma once

#include <cstdint>
#include <string>

#include "master/chunks/picture_size.h"
#include "master/stats/outcome.h"

namespace mandel {

// "Total elements", "Main took", "Total sum of elements (for validation)".
std::string result_text(const PictureSize& size, const Outcome& outcome);

// The table of workers, as ParallelPython's print_stats() gave it, with what the network carried.
std::string worker_table(const Outcome& outcome);

// Where the lanes' time went, in percent of lanes x wall time, a line for each worker.
std::string time_table(const Outcome& outcome);

// What was out of the ordinary, a line each: workers caught lying, late chunks; empty if nothing
// was.
std::string events_text(const Outcome& outcome);

// A doubt about a finished job's counts, for the log; empty if there is none: all are 0, which they
// are in a view within the set, and in any other view if max_iter is too low.
std::string doubt_text(const PictureSize& size, const Outcome& outcome);

// docs/output.md names the keys.
std::string json_text(const PictureSize& size, std::uint32_t chunks, const Outcome& outcome,
                      const std::string& counts_sha256);

}  // namespace mandel
