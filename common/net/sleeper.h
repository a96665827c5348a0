// What a loop sleeps on between its turns: one ppoll over descriptors, which then says what is
// worth looking at. zmq::poll looks at every socket twice in each call, at a system call a look;
// with small chunks that was a third of the master's time.
#pragma once

#include <poll.h>
#include <vector>

#include "common/base/clock.h"

namespace mandel {

class Sleeper {
 public:
  // The next sleep ends when `fd` is readable, and then sets `is_readable` (it never clears it).
  void watch(int fd, bool& is_readable);
  // The same for what can be written to.
  void watch_writable(int fd, bool& is_writable);
  // There is something to do already: the next sleep only looks.
  void skip() { is_skipped_ = true; }
  // Sleeps until something is readable or the time is up, and forgets what it watched. A signal
  // that is no business of ours (SIGCONT, a debugger) just ends the sleep early.
  void sleep(Nanoseconds timeout);

 private:
  std::vector<pollfd> items_;
  std::vector<bool*> flags_;
  bool is_skipped_ = false;
};

}  // namespace mandel
