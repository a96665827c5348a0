// All that the live page shows, at one moment: plain data of bounded size, whatever the number of
// chunks, machines and viewers. The loop makes one ten times a second if anybody looks, and does
// not touch it again; the server's thread reads it. What is large is shared with the state before.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kernels/grid.h"
#include "master/live/display.h"
#include "master/live/happenings.h"
#include "master/live/lane_grid.h"
#include "master/live/recent.h"

namespace mandel {

// What is computed.
struct LiveJob {
  std::string title = {};
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint32_t max_iter = 0;
  std::string semantics = {};
  std::shared_ptr<const Axes> axes = {};
  std::uint32_t chunks = 0;
};

struct LiveWorker {
  WorkerId id = 0;
  std::string label = {};
  std::string host = {};
  std::string kernel = {};
  std::uint32_t lanes = 0;
  std::uint32_t chunks = 0;                 // accepted
  double speed = 0;                         // iterations a second
  std::optional<double> round_trip_s = {};  // what a chunk's task and result spend under way
  double in_rate = 0;                       // bytes a second
  double out_rate = 0;
  std::string_view state = {};  // a word for programs
  std::string words = {};       // for people
  std::string_view advice = {};
};

// How far a sweep is.
struct LiveSweep {
  std::uint32_t done = 0;  // runs
  std::uint32_t runs = 0;
  std::string current = {};                      // "16 chunks"
  std::shared_ptr<const std::string> plot = {};  // SVG of the runs done; null: there is none yet
};

struct LiveState {
  static constexpr std::size_t kWorkersMax = 256;

  std::uint64_t version = 0;
  std::uint32_t run = 0;
  LiveJob job;
  std::int64_t began_ms = 0;  // since 1970
  Nanoseconds at = 0;         // since the job began
  std::string_view phase = "computing";
  std::string ending;
  std::uint32_t chunks_done = 0;
  std::size_t chunks_held = 0;
  double work_done = 0;
  std::optional<double> left_s;
  double rate = 0;             // pixels a second
  std::uint32_t machines = 0;  // connected
  PartSeconds parts{};
  PartSeconds recent{};
  std::vector<DisplayRow> rows;
  std::uint32_t display_columns = 0;
  std::vector<std::uint32_t> columns_shown;  // of the picture
  LaneColumns lanes_job;
  LaneColumns lanes_minute;
  // Of each row of lanes: the worker, and its lane; nothing: all of its lanes.
  std::vector<std::pair<WorkerId, std::optional<std::uint32_t>>> lane_rows;
  std::vector<LiveWorker> workers;
  std::size_t workers_left_out = 0;
  std::vector<std::shared_ptr<const Happening>> happenings;
  std::optional<LiveSweep> sweep;
};

}  // namespace mandel
