// How another thread, or a signal, interrupts a loop that sleeps in poll: by file descriptors that
// become readable. An eventfd and a signalfd cost nothing while idle and join the same sleep as
// the sockets. A signal handler would make ZeroMQ's calls throw EINTR.
#pragma once

#include <atomic>
#include <optional>

#include "common/net/sleeper.h"

namespace mandel {

// Rings from any thread; the loop's thread clears.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void watch(Sleeper& sleeper) { sleeper.watch(fd_, is_readable_); }
  // A second ring before the first is cleared costs nothing.
  void ring();
  // After a sleep, and before looking at what the rings were for. Did the sleep notice any?
  bool clear();

 private:
  int fd_;
  bool is_readable_ = false;
  std::atomic<bool> is_rung_ = false;
};

// SIGINT, SIGTERM and SIGHUP as something to read. Make it before any thread is started: the
// signals are blocked in this thread and inherited as blocked by all that come after. Where SIGHUP
// is ignored (nohup), the process is meant to outlive its terminal, and does.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  void watch(Sleeper& sleeper) { sleeper.watch(fd_, is_readable_); }
  // Did a sleep notice one that nobody has taken?
  bool has_come() const { return is_readable_; }
  // The number of a signal that came, if a sleep noticed one.
  std::optional<int> take();
  // From here on they kill again (this thread, and so the process).
  void let_kill();
  // From here on the first one ends a call that blocks (EINTR), and is noted; the next one kills.
  // For files: a pipe's reader may be slow, and half a picture needs tidying up.
  void let_interrupt();
  bool has_interrupted() const;
  // And from here on they wait to be taken again.
  void hold();

 private:
  int fd_;
  bool is_readable_ = false;
};

}  // namespace mandel
