// What happened when, for people to look at: every lane, the wire and the master's own work as
// slices on a common time axis, in the trace event format that Perfetto and Chrome's tracing page
// open. It is a JSON array of flat objects, so it can be written as the results come and takes no
// memory that grows with the job; Perfetto's own protobuf format would need its SDK.
//
// Source: Google, "Trace Event Format" (the document of the Catapult project), 2016.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/error.h"
#include "master/sinks/output_file.h"
#include "master/stats/timing.h"

namespace mandel {

class TraceWriter {
 public:
  explicit TraceWriter(OutputFile file);

  // The job's next worker: ChunkTimes::worker numbers them from 0.
  void add_worker(const std::string& name);
  // A result came.
  void add(const ChunkTimes& times);
  // The last one did. The file appears under its name, or the error says why something that was
  // added could not be written.
  Result<void> finish();

 private:
  // What a slice says of its chunk, as the inside of a JSON object.
  using Arguments = std::string;
  struct Slice {
    LaneSpan span;
    Arguments arguments;
  };
  struct LaneRow {
    std::vector<Slice> slices;  // to come; an earlier one may still arrive
    Nanoseconds end = 0;        // of what is written
  };
  struct Row {  // the format calls it a thread, of a process
    std::uint32_t process;
    std::uint32_t thread;
  };

  void name_process(std::uint32_t process, const std::string& name);
  void name_row(Row row, const std::string& name);
  void add_to_lane(const ChunkTimes& times, const LaneSpan& span, const Arguments& arguments);
  void write_earliest(LaneRow& lane, Row row);
  void write_slice(Row row, const char* name, Nanoseconds began, Nanoseconds end,
                   const Arguments& arguments);
  void write_flight(std::uint32_t worker, const char* name, Nanoseconds began, Nanoseconds end,
                    const Arguments& arguments);
  void write_event(const std::string& event);

  OutputFile file_;
  std::optional<Error> error_;  // the first; nothing is written after it
  bool is_first_ = true;
  std::uint64_t flights_ = 0;
  std::uint32_t workers_ = 0;
  std::map<std::pair<std::uint32_t, std::uint32_t>, LaneRow> lanes_;  // by worker and lane
};

}  // namespace mandel
