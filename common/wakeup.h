// How another thread, or a signal, interrupts a loop that sleeps in poll: file descriptors that
// become readable. An eventfd and a signalfd cost nothing while idle and join the same zmq::poll as
// the sockets; a handler running in the middle of ZeroMQ's calls would make them throw EINTR.
#pragma once

#include <optional>

namespace mandel {

// Rings from any thread; the loop's thread clears.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  int fd() const { return fd_; }
  void ring();
  void clear();

 private:
  int fd_;
};

// SIGINT and SIGTERM as something to read. Make it before any thread is started: the signals are
// blocked in this thread and inherited as blocked by all that come after. SIGPIPE is ignored.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  int fd() const { return fd_; }
  // The number of a signal that came, if one did.
  std::optional<int> take();
  // From here on they kill again (this thread, and so the process).
  void let_kill();
  // And from here on they wait to be taken again.
  void hold();

 private:
  int fd_;
};

}  // namespace mandel
