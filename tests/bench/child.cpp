// See child.h.
#include "tests/bench/child.h"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <fcntl.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "common/base/error.h"

namespace mandel {
namespace {

[[noreturn]] void become(std::vector<char*>& arguments, int out) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // whatever ends the benchmark ends its children
  dup2(out, STDOUT_FILENO);
  execv(arguments[0], arguments.data());
  _exit(127);
}

std::string first_line(int fd) {
  std::FILE* const file = fdopen(fd, "r");
  MANDEL_ASSERT(file != nullptr);
  std::string line;
  for (int c = std::fgetc(file); c != EOF && c != '\n'; c = std::fgetc(file))
    line += static_cast<char>(c);
  std::fclose(file);
  return line;
}

}  // namespace

Child::Child(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int ends[2];
  MANDEL_ASSERT(pipe2(ends, O_CLOEXEC) == 0);
  pid_ = fork();
  MANDEL_ASSERT(pid_ >= 0);
  if (pid_ == 0) become(arguments, ends[1]);
  close(ends[1]);
  const std::string line = first_line(ends[0]);
  const std::string before = " listens on ";
  const auto found = line.find(before);
  if (found == std::string::npos) throw std::runtime_error(command[0] + " does not serve");
  const auto begin = found + before.size();
  address_ = line.substr(begin, line.find(' ', begin) - begin);
}

Child::~Child() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), address_(std::move(other.address_)) {}

Nanoseconds Child::cpu_time() const {
  clockid_t clock{};
  timespec time{};
  MANDEL_ASSERT(clock_getcpuclockid(pid_, &clock) == 0 && clock_gettime(clock, &time) == 0);
  return time.tv_sec * kSecond + time.tv_nsec;
}

}  // namespace mandel
