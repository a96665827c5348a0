// See trial.h.
#include "kernels/opencl/trial.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
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

// Everything that is written until the end, or until nothing came for too long: then false.
bool read_all(int pipe, std::chrono::milliseconds patience, std::string& text) {
  for (;;) {
    pollfd readable{pipe, POLLIN, 0};
    const int ready = poll(&readable, 1, static_cast<int>(patience.count()));
    if (ready == 0) return false;
    char bytes[512];
    const ssize_t got = ready < 0 ? -1 : read(pipe, bytes, sizeof bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    text.append(bytes, static_cast<std::size_t>(got));
  }
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0, end; (end = text.find('\n', begin)) != std::string::npos;
       begin = end + 1)
    lines.push_back(text.substr(begin, end - begin));
  return lines;
}

}  // namespace

Trial try_in_child(const std::function<void(const Say&)>& work,
                   std::chrono::milliseconds patience) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return {{}, "can't be tried: there are no more descriptors"};
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child == 0) be_the_child(ends[1], parent, work);
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return {{}, "can't be tried: no process can be started"};
  }
  std::string text;
  const bool has_ended = read_all(ends[0], patience, text);
  close(ends[0]);
  if (!has_ended) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  Trial trial{lines_of(text), {}};
  if (!trial.said.empty() && trial.said.back() == kEnd)
    trial.said.pop_back();
  else if (!has_ended)
    trial.death = "hung (for " + std::to_string(patience.count() / 1000) + " s)";
  else if (WIFSIGNALED(status))
    trial.death = "died (signal " + std::to_string(WTERMSIG(status)) + ")";
  else
    trial.death = "ended the process (exit status " + std::to_string(WEXITSTATUS(status)) + ")";
  return trial;
}

}  // namespace mandel::opencl
