// See process.h.
#include "process.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <spawn.h>
#include <sstream>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <utility>

extern char** environ;

namespace mandel::e2e {
namespace {

constexpr auto kDeadline = std::chrono::seconds(60);  // for what takes milliseconds
constexpr auto kPollPeriod = std::chrono::milliseconds(2);

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The same program of the build in MANDEL_E2E_BUILD, if that is set: one build's tests can drive
// the programs of another, so that the sanitizers' need no tests of their own.
std::string of_wanted_build(const std::string& program) {
  const std::string own = MANDEL_BUILD;
  const char* wanted = std::getenv("MANDEL_E2E_BUILD");
  if (wanted == nullptr || !program.starts_with(own)) return program;
  return wanted + program.substr(own.size());
}

pid_t spawn(std::vector<std::string> command, const std::string& out, const std::string& err) {
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int kFlags = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), kFlags, 0600);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), kFlags, 0600);
  command.at(0) = of_wanted_build(command.at(0));
  std::vector<char*> arguments;
  for (std::string& word : command) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, arguments[0], &files, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  EXPECT_EQ(error, 0) << "can't start " << command[0];
  return pid;
}

}  // namespace

std::uint64_t memory_of(const Process& process, const std::string& name) {
  std::ifstream status("/proc/" + std::to_string(process.pid()) + "/status");
  for (std::string word; status >> word;)
    if (std::uint64_t kilobytes = 0; word == name + ":" && status >> kilobytes)
      return kilobytes * 1024;
  return 0;
}

std::ptrdiff_t lines_of(const std::string& text) { return std::ranges::count(text, '\n'); }

bool eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(kPollPeriod);
  }
  return true;
}

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "mandel-e2e-XXXXXX").string();
  folder_ = mkdtemp(name.data());
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

Process::Process(std::vector<std::string> command)
    : dir_(std::make_unique<TempDir>()),
      pid_(spawn(std::move(command), dir_->path("out"), dir_->path("err"))) {}

Process::Process(Process&& other) noexcept
    : dir_(std::move(other.dir_)),
      pid_(std::exchange(other.pid_, -1)),
      status_(std::exchange(other.status_, {})),
      peak_bytes_(other.peak_bytes_),
      page_faults_(other.page_faults_) {}

Process::~Process() {
  if (pid_ <= 0 || reap()) return;
  signal(SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::string Process::out() const { return contents(dir_->path("out")); }
std::string Process::err() const { return contents(dir_->path("err")); }

bool Process::prints(const std::string& text) {
  return eventually([&] { return out().find(text) != std::string::npos || reap(); }) &&
         out().find(text) != std::string::npos;
}

bool Process::prints_error(const std::string& text) {
  return eventually([&] { return err().find(text) != std::string::npos || reap(); }) &&
         err().find(text) != std::string::npos;
}

std::string Process::said_after(const std::string& before, char end) {
  EXPECT_TRUE(prints_error(before)) << err();
  const std::string said = err();
  const auto begin = said.find(before) + before.size();
  return said.substr(begin, said.find(end, begin) - begin);
}

void Process::signal(int number) const { kill(pid_, number); }

// True once it has ended.
bool Process::reap() {
  if (status_) return true;
  int status = 0;
  rusage usage{};
  if (wait4(pid_, &status, WNOHANG, &usage) != pid_) return false;
  peak_bytes_ = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  page_faults_ = static_cast<std::uint64_t>(usage.ru_minflt);
  status_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return true;
}

std::optional<int> Process::wait() {
  eventually([&] { return reap(); });
  return status_;
}

Worker::Worker(std::vector<std::string> options)
    : Worker(MANDEL_WORKER, [&] {
        options.insert(options.begin(), {"--listen", "127.0.0.1:0"});
        return std::move(options);
      }()) {}

Worker::Worker(std::string program, std::vector<std::string> arguments)
    : process_([&] {
        arguments.insert(arguments.begin(), std::move(program));
        return std::move(arguments);
      }()) {
  const std::string before = " listens on ";
  EXPECT_TRUE(process_.prints(" with ")) << process_.err();
  const std::string line = process_.out();
  const auto begin = line.find(before) + before.size();
  address_ = line.substr(begin, line.find(" with ") - begin);
}

std::string hosts(const std::vector<Worker>& workers) {
  std::string list;
  for (const Worker& worker : workers) list += (list.empty() ? "" : ",") + worker.address();
  return list;
}

std::vector<std::string> master_command(std::vector<std::string> options) {
  options.insert(options.begin(), MANDEL_MASTER);
  return options;
}

MasterRun run_master(std::vector<std::string> options) {
  const TempDir dir;
  const std::string json = dir.path("result.json");
  options.insert(options.end(), {"--json", json});
  Process master(master_command(std::move(options)));
  MasterRun run;
  run.status = master.wait().value_or(-1);
  run.out = master.out();
  run.err = master.err();
  run.json = nlohmann::json::parse(contents(json), nullptr, false);
  return run;
}

}  // namespace mandel::e2e
