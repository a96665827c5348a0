// What goes wrong inside one machine, done to a process from outside: a thread that hangs while the
// others go on, a CPU far too slow. From outside, so that the real binaries are tested, without
// hooks in them.
#pragma once

#include <chrono>
#include <sys/types.h>
#include <thread>

namespace mandel::e2e {

// Waits until the process has used so much CPU time from now on: it is at work. False if it never
// has.
bool works_for(pid_t process, std::chrono::milliseconds cpu_time);

// The thread that is at work in it, by the CPU time used from now on: with one lane, that lane.
pid_t busiest_thread(pid_t process);

// Stops one thread, and no other of its process, by ptrace. Only for the thread that made it, and
// to be gone before anybody waits for the process.
class FrozenThread {
 public:
  explicit FrozenThread(pid_t thread);
  ~FrozenThread();
  FrozenThread(const FrozenThread&) = delete;
  FrozenThread& operator=(const FrozenThread&) = delete;

 private:
  const pid_t thread_;
};

// Lets the process use only this share of a CPU, as if its own were so much slower.
class SlowedProcess {
 public:
  SlowedProcess(pid_t process, double share);

 private:
  std::jthread thread_;
};

}  // namespace mandel::e2e
