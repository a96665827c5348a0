// See hinder.h.
#include "hinder.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <map>
#include <sstream>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

namespace mandel::e2e {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kEvident{100};   // of CPU time: this thread computes, the others do not
constexpr milliseconds kPeriod{200};    // short beside every time limit of the programs...
constexpr milliseconds kRestMax{1000};  // ... and so is this

// Of /proc/…/stat: user and system time are its 14th and 15th field, the 2nd is a name in brackets
// that may hold anything.
milliseconds cpu_time(const std::filesystem::path& stat) {
  std::ifstream file(stat);
  std::string text(std::istreambuf_iterator<char>(file), {});
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};  // it has ended
  std::istringstream fields(text.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 14; ++field) fields >> skipped;
  long user = 0, system = 0;
  fields >> user >> system;
  return milliseconds((user + system) * 1000 / sysconf(_SC_CLK_TCK));
}

std::map<pid_t, milliseconds> thread_times(pid_t process) {
  std::map<pid_t, milliseconds> times;
  std::error_code ended;
  const std::string folder = fmt::format("/proc/{}/task", process);
  for (const auto& task : std::filesystem::directory_iterator(folder, ended))
    times[std::stoi(task.path().filename())] = cpu_time(task.path() / "stat");
  return times;
}

}  // namespace

bool works_for(pid_t process, milliseconds time) {
  const std::string stat = fmt::format("/proc/{}/stat", process);
  const milliseconds before = cpu_time(stat);
  return eventually([&] { return cpu_time(stat) >= before + time; });
}

pid_t busiest_thread(pid_t process) {
  auto before = thread_times(process);
  pid_t busiest = -1;
  EXPECT_TRUE(eventually([&] {
    for (const auto& [thread, time] : thread_times(process))
      if (time >= before[thread] + kEvident) busiest = thread;
    return busiest > 0;
  })) << "process "
      << process << " does nothing";
  return busiest;
}

FrozenThread::FrozenThread(pid_t thread) : thread_(thread) {
  EXPECT_EQ(ptrace(PTRACE_SEIZE, thread, nullptr, nullptr), 0) << std::strerror(errno);
  EXPECT_EQ(ptrace(PTRACE_INTERRUPT, thread, nullptr, nullptr), 0) << std::strerror(errno);
  int status = 0;
  EXPECT_EQ(waitpid(thread, &status, __WALL), thread) << std::strerror(errno);
  EXPECT_TRUE(WIFSTOPPED(status)) << status;
}

FrozenThread::~FrozenThread() {
  if (ptrace(PTRACE_DETACH, thread_, nullptr, nullptr) == 0) return;
  waitpid(thread_, nullptr, __WALL);  // it was killed: its end is told to the tracer first
}

SlowedProcess::SlowedProcess(pid_t process, double share)
    : thread_([process, share](std::stop_token stop) {
        const std::string stat = fmt::format("/proc/{}/stat", process);
        const milliseconds before = cpu_time(stat);
        const auto began = std::chrono::steady_clock::now();
        while (!stop.stop_requested()) {
          kill(process, SIGCONT);
          std::this_thread::sleep_for(share * kPeriod);
          kill(process, SIGSTOP);
          // On a busy machine this thread sleeps longer than it meant to, and the process runs on.
          const auto paid = (cpu_time(stat) - before) / share;
          const auto owed = began + paid - std::chrono::steady_clock::now();
          std::this_thread::sleep_for(
              std::clamp<std::chrono::duration<double>>(owed, (1 - share) * kPeriod, kRestMax));
        }
        kill(process, SIGCONT);
      }) {}

}  // namespace mandel::e2e
