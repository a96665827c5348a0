// See progress.h.
#include "master/stats/progress.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "common/program/streams.h"

namespace mandel {
namespace {

constexpr Nanoseconds kBarPeriod = 100 * kMillisecond;
constexpr Nanoseconds kLinePeriod = 5 * kSecond;

double fraction(const ProgressState& state) {
  return state.pixels == 0
             ? 0
             : static_cast<double>(state.pixels_done) / static_cast<double>(state.pixels);
}

double fraction(const WritingState& state) {
  return state.chunks == 0 ? 0 : static_cast<double>(state.chunks_written) / state.chunks;
}

template <typename State>
std::string bar_of(const State& state, int width) {
  const std::string text = line_text(state);
  const int room = std::min(40, width - static_cast<int>(text.size()) - 4);
  if (room < 8) return text.substr(0, static_cast<std::size_t>(std::max(width - 1, 0)));
  const int full = static_cast<int>(fraction(state) * room);
  return fmt::format("[{:#<{}}{:.<{}}] {}", "", full, "", room - full, text);
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace

std::string duration_text(double duration) {
  const auto total = static_cast<std::uint64_t>(std::llround(std::clamp(duration, 0.0, 1e9)));
  const std::uint64_t hours = total / 3600;
  const std::uint64_t minutes = total / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

std::string line_text(const ProgressState& state) {
  const double done = fraction(state);
  const auto computed = static_cast<double>(state.pixels_done - state.pixels_resumed);
  const auto left = static_cast<double>(state.pixels - state.pixels_done);
  const double rate = computed / std::max(seconds(state.elapsed), 1e-9) * 1e-6;
  const std::string eta = computed > 0
                              ? duration_text(std::max(seconds(state.writing_left),
                                                       seconds(state.elapsed) * left / computed))
                              : "?";
  const std::string written =
      state.chunks_written ? fmt::format(" ({} written)", *state.chunks_written) : "";
  return fmt::format("{:3.0f} %  chunk {}/{}{}  {:.3g} Mpixel/s  ETA {}  {} worker{}", 100 * done,
                     state.chunks_done, state.chunks, written, rate, eta, state.workers,
                     state.workers == 1 ? "" : "s");
}

std::string line_text(const WritingState& state) {
  const double written =
      state.chunks_written - std::min(state.chunks_written, state.chunks_written_before);
  const double left = state.chunks - std::min(state.chunks, state.chunks_written);
  return fmt::format("{:3.0f} %  writing the picture, chunk {}/{}  ETA {}", 100 * fraction(state),
                     state.chunks_written, state.chunks,
                     written > 0 ? duration_text(seconds(state.elapsed) * left / written) : "?");
}

std::string bar_text(const ProgressState& state, int width) { return bar_of(state, width); }

std::string bar_text(const WritingState& state, int width) { return bar_of(state, width); }

Progress::Progress(bool is_quiet, bool has_bar, Nanoseconds now)
    : is_quiet_(is_quiet),
      has_bar_(has_bar && has_terminal()),
      next_(now + (has_bar_ ? kBarPeriod : kLinePeriod)) {}

void Progress::update(const ProgressState& state, Nanoseconds now) { show(state, now); }

void Progress::update(const WritingState& state, Nanoseconds now) { show(state, now); }

template <typename State>
void Progress::show(const State& state, Nanoseconds now) {
  if (is_quiet_ || now < next_) return;
  next_ = now + (has_bar_ ? kBarPeriod : kLinePeriod);
  if (!has_bar_) {
    spdlog::info("{}", line_text(state));
    return;
  }
  show_fleeting(fmt::format("\r{}\x1b[K", bar_text(state, terminal_width())));
  is_drawn_ = true;
}

void Progress::clear() {
  if (is_drawn_) show_message("\r\x1b[K");
  is_drawn_ = false;
}

}  // namespace mandel
