// Lines of a stream, as they come: a filter answers a line before the next is there. Not
// std::getline(), which takes as much memory as a line is long, and hides why a stream ended.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mandel {

class LineReader {
 public:
  // No line may be longer than `bytes_max`. A signal ends the wait for one if `is_called_off`.
  LineReader(int fd, std::size_t bytes_max, std::function<bool()> is_called_off = {})
      : fd_(fd), bytes_max_(bytes_max), is_called_off_(std::move(is_called_off)) {}

  // The next that has more in it than blanks, without its end, until the next call; nothing at the
  // stream's end. An error says which line it is of.
  Result<std::optional<std::string_view>> next();
  // Of the last one, from 1, blank ones included.
  std::uint64_t number() const { return number_; }

 private:
  Result<bool> read_on();
  std::optional<std::string_view> take();

  const int fd_;
  const std::size_t bytes_max_;
  const std::function<bool()> is_called_off_;
  std::string buffer_;
  std::size_t begin_ = 0;   // of what is not taken yet
  std::size_t sought_ = 0;  // up to here there is no end of a line in that
  std::uint64_t number_ = 0;
  bool is_at_end_ = false;
};

}  // namespace mandel
