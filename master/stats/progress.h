// How far the job is, and after it how far its files are, on stderr: on a terminal a bar that is
// redrawn in place, elsewhere a line now and then. The text is a pure function; only Progress
// writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/clock.h"

namespace mandel {

struct ProgressState {
  std::uint32_t chunks = 0;
  std::uint32_t chunks_done = 0;
  std::uint64_t pixels = 0;
  std::uint64_t pixels_done = 0;
  std::uint64_t pixels_resumed = 0;  // of them, by an earlier run: no measure of speed
  std::uint32_t workers = 0;         // connected now
  Nanoseconds elapsed = 0;
  // The sinks have, of those done; nothing if they get nothing before the end.
  std::optional<std::uint32_t> chunks_written = {};
  Nanoseconds writing_left = 0;  // what they will take for the rest, while others compute
};

// When all is computed: a picture takes longer to compress than to compute.
struct WritingState {
  std::uint32_t chunks = 0;
  std::uint32_t chunks_written = 0;
  std::uint32_t chunks_written_before = 0;  // while others were computed
  Nanoseconds elapsed = 0;                  // since then
};

// "1:05", "2:00:00".
std::string duration_text(double seconds);

// The bar with percentage, chunks, rate and remaining time, at most `width` columns.
std::string bar_text(const ProgressState& state, int width);
std::string bar_text(const WritingState& state, int width);
// The same facts as a log line.
std::string line_text(const ProgressState& state);
std::string line_text(const WritingState& state);

class Progress {
 public:
  // The bar needs a terminal for itself; without `has_bar` it is lines everywhere.
  Progress(bool is_quiet, bool has_bar, Nanoseconds now);
  // Draws if enough time has passed since the last.
  void update(const ProgressState& state, Nanoseconds now);
  void update(const WritingState& state, Nanoseconds now);
  // Removes the bar.
  void clear();

 private:
  template <typename State>
  void show(const State& state, Nanoseconds now);

  const bool is_quiet_;
  const bool has_bar_;
  bool is_drawn_ = false;
  Nanoseconds next_;
};

}  // namespace mandel
