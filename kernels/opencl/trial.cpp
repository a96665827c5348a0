// See trial.h.
#include "kernels/opencl/trial.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace mandel::opencl {
namespace {

constexpr std::string_view kEnd = "end";  // the last word of a child that got there

[[noreturn]] void be_the_child(int pipe, pid_t parent,
                               const std::function<void(const Say&)>& work) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(1);
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGPIPE, SIGTERM})
    std::signal(signal, SIG_DFL);
  const rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  // What a driver prints must not stand in the parent's output.
  if (const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC); nowhere >= 0)
    dup2(nowhere, STDOUT_FILENO);
  const auto say = [pipe](std::string_view word) {
    const std::string line = std::string(word) + '\n';
    if (write(pipe, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(1);
  };
  try {
    work(say);
    say(kEnd);
  } catch (...) {
    _exit(1);
  }
  _exit(0);  // no destructors: they are the parent's
}

// What all of the child's threads have used.
std::chrono::nanoseconds cpu_time(pid_t child) {
  clockid_t clock;
  timespec used{};
  if (clock_getcpuclockid(child, &clock) != 0 || clock_gettime(clock, &used) != 0) return {};
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

struct Child {
  pid_t pid;
  int pipe;
};

enum class Ending { kItsOwn, kSilent, kAsleep };

// Reads until the child's end, or until it has been silent for `patience`, or silent without using
// the CPU for `sleep_max`.
Ending read_all(Child child, std::chrono::milliseconds patience,
                std::chrono::milliseconds sleep_max, std::string& text) {
  using Clock = std::chrono::steady_clock;
  Clock::time_point heard = Clock::now();
  Clock::time_point awake = heard;
  std::chrono::nanoseconds used{};
  for (;;) {
    pollfd readable{child.pipe, POLLIN, 0};
    const int ready = poll(&readable, 1, 100);
    const Clock::time_point now = Clock::now();
    if (ready == 0) {
      if (const auto uses = cpu_time(child.pid); uses != used) {
        used = uses;
        awake = now;
      }
      if (now - heard >= patience) return Ending::kSilent;
      if (now - awake >= sleep_max) return Ending::kAsleep;
      continue;
    }
    char bytes[512];
    const ssize_t got = ready < 0 ? -1 : read(child.pipe, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Ending::kItsOwn;
    text.append(bytes, static_cast<std::size_t>(got));
    heard = awake = now;
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  return lines;
}

// Nothing if the child slept too long.
std::optional<Trial> try_once(const std::function<void(const Say&)>& work,
                              std::chrono::milliseconds patience,
                              std::chrono::milliseconds sleep_max) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return Trial{{}, "can't be tried: there are no more descriptors"};
  const pid_t parent = getpid();
  const Child child{fork(), ends[0]};
  if (child.pid == 0) be_the_child(ends[1], parent, work);
  close(ends[1]);
  if (child.pid < 0) {
    close(child.pipe);
    return Trial{{}, "can't be tried: no process can be started"};
  }
  std::string text;
  const Ending ending = read_all(child, patience, sleep_max, text);
  close(child.pipe);
  if (ending != Ending::kItsOwn) kill(child.pid, SIGKILL);
  int status = 0;
  while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR) {
  }
  Trial trial{lines_of(text), {}};
  if (!trial.said.empty() && trial.said.back() == kEnd)
    trial.said.pop_back();
  else if (ending == Ending::kAsleep)
    return {};
  else if (ending == Ending::kSilent)
    trial.death = "hung (for " + std::to_string(patience.count() / 1000) + " s)";
  else if (WIFSIGNALED(status))
    trial.death = "died (signal " + std::to_string(WTERMSIG(status)) + ")";
  else
    trial.death = "ended the process (exit status " + std::to_string(WEXITSTATUS(status)) + ")";
  return trial;
}

}  // namespace

Trial try_in_child(const std::function<void(const Say&)>& work, std::chrono::milliseconds patience,
                   std::chrono::milliseconds sleep_max) {
  for (int tries = 1; tries < kForks; ++tries)
    if (const auto trial = try_once(work, patience, sleep_max)) return *trial;
  return *try_once(work, patience, patience);
}

}  // namespace mandel::opencl
