// Threads that take no signals: those are for the threads that a program's owner knows of. Among
// the kernels, since their C library starts lanes in programs that are not ours.
#pragma once

#include <csignal>

namespace mandel {

// While it lives, this thread blocks all signals, and so do those that it starts for ever.
class NoSignals {
 public:
  NoSignals() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~NoSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  NoSignals(const NoSignals&) = delete;
  NoSignals& operator=(const NoSignals&) = delete;

 private:
  sigset_t before_{};
};

}  // namespace mandel
