// Real processes for end-to-end tests: start, read what they print, signal, wait. Output goes to
// files, not pipes, so that a talkative process never blocks and a dead one can still be read.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mandel::e2e {

// Of the job that mandel-master does by default.
inline constexpr const char* kTutorialSum = "1148485";
inline constexpr const char* kTutorialDigest =
    "6c7b5940d7a0740ee8c2be1f4ed86d06f43099038ef9236d8c509b08c0b077ca";

// A folder that vanishes with the test.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

 private:
  std::filesystem::path folder_;
};

class Process {
 public:
  // Runs `command` (a path and its arguments) at once.
  explicit Process(std::vector<std::string> command);
  // Kills it if it still runs.
  ~Process();
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;

  pid_t pid() const { return pid_; }
  std::string out() const;
  std::string err() const;
  // Waits until standard output has `text`; false if it never came.
  bool prints(const std::string& text);
  bool prints_error(const std::string& text);
  // What standard error has right after `before`, up to `end`, once it is there.
  std::string said_after(const std::string& before, char end);
  void signal(int number) const;
  // The exit status as a shell gives it (128 + signal); nothing if it does not end.
  std::optional<int> wait();
  // The most memory that it ever had, once it has ended.
  std::uint64_t peak_bytes() const { return peak_bytes_; }
  // How many pages it touched for the first time, or anew, once it has ended.
  std::uint64_t page_faults() const { return page_faults_; }

 private:
  bool reap();

  std::unique_ptr<TempDir> dir_;
  pid_t pid_ = -1;
  std::optional<int> status_;
  std::uint64_t peak_bytes_ = 0;
  std::uint64_t page_faults_ = 0;
};

// What /proc/PID/status has of a process that runs, such as VmRSS, in bytes.
std::uint64_t memory_of(const Process& process, const std::string& name);

// How many lines a log has.
std::ptrdiff_t lines_of(const std::string& text);

// Polls `condition` until it holds or a generous deadline is over.
bool eventually(const std::function<bool()>& condition);

// A mandel-worker on a port that the system picks, ready to serve.
class Worker {
 public:
  explicit Worker(std::vector<std::string> options = {"--threads", "1"});
  // Another program that says, like mandel-worker, where it listens.
  Worker(std::string program, std::vector<std::string> arguments);
  const std::string& address() const { return address_; }
  Process& process() { return process_; }

 private:
  Process process_;
  std::string address_;
};

// The addresses of workers as --hosts wants them.
std::string hosts(const std::vector<Worker>& workers);

std::vector<std::string> master_command(std::vector<std::string> options);

struct MasterRun {
  int status = -1;
  std::string out;
  std::string err;
  nlohmann::json json;  // of --json, where there is one
};

// Runs mandel-master with these options and --json to its end.
MasterRun run_master(std::vector<std::string> options);

}  // namespace mandel::e2e
