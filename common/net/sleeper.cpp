// See sleeper.h.
#include "common/net/sleeper.h"

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "common/base/error.h"

namespace mandel {

void Sleeper::watch(int fd, bool& is_readable) {
  items_.push_back({fd, POLLIN, 0});
  flags_.push_back(&is_readable);
}

void Sleeper::watch_writable(int fd, bool& is_writable) {
  watch(fd, is_writable);
  items_.back().events = POLLOUT;
}

void Sleeper::sleep(Nanoseconds timeout) {
  if (std::exchange(is_skipped_, false)) timeout = 0;
  timeout = std::max<Nanoseconds>(timeout, 0);
  const timespec time = {timeout / kSecond, timeout % kSecond};
  const int ready = ppoll(items_.data(), items_.size(), &time, nullptr);
  MANDEL_ASSERT(ready >= 0 || errno == EINTR);
  for (std::size_t k = 0; ready > 0 && k < items_.size(); ++k)
    if (items_[k].revents != 0) *flags_[k] = true;
  items_.clear();
  flags_.clear();
}

}  // namespace mandel
