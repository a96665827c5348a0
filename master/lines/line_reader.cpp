// See line_reader.h.
#include "master/lines/line_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

namespace mandel {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;

bool is_blank(std::string_view line) { return line.find_first_not_of(" \t\r") == line.npos; }

}  // namespace

Result<std::optional<std::string_view>> LineReader::next() {
  while (true) {
    const auto line = take();
    if ((line ? line->size() : buffer_.size() - begin_) > bytes_max_)
      return fail(
          fmt::format("line {} is longer than {} bytes", number_ + (line ? 0 : 1), bytes_max_));
    if (line && !is_blank(*line)) return line;
    if (line) continue;
    if (is_at_end_) return std::nullopt;
    const auto read = read_on();
    if (!read) return tl::unexpected(read.error());
    is_at_end_ = !*read;
  }
}

// The next line, if its end is there.
std::optional<std::string_view> LineReader::take() {
  std::size_t end = buffer_.find('\n', sought_);
  if (end == buffer_.npos) {
    sought_ = buffer_.size();
    if (!is_at_end_ || begin_ == buffer_.size()) return std::nullopt;
    end = buffer_.size();
  }
  const std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
  begin_ = sought_ = std::min(end + 1, buffer_.size());
  ++number_;
  return line;
}

// False at the end.
Result<bool> LineReader::read_on() {
  buffer_.erase(0, begin_);
  begin_ = 0;
  sought_ = buffer_.size();
  buffer_.resize(sought_ + kReadBytes);
  ssize_t count = 0;
  do {
    count = ::read(fd_, buffer_.data() + sought_, kReadBytes);
    if (count < 0 && errno == EAGAIN) {  // its other users want it so
      pollfd something{fd_, POLLIN, 0};
      poll(&something, 1, -1);
    }
  } while (count < 0 && (errno == EAGAIN || errno == EINTR) &&
           !(is_called_off_ && is_called_off_()));
  const int error = errno;
  buffer_.resize(sought_ + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0) return fail(fmt::format("can't read standard input: {}", std::strerror(error)));
  return count > 0;
}

}  // namespace mandel
