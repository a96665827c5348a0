// See resources.h.
#include "common/program/resources.h"

#include <cerrno>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <mutex>
#include <span>
#include <sys/resource.h>
#include <system_error>
#include <thread>
#include <vector>

namespace mandel {
namespace {

std::size_t open_descriptors() {
  std::error_code ignored;
  const std::filesystem::directory_iterator all("/proc/self/fd", ignored);
  return ignored ? 0 : static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

// The threads of a trial: each waits until all are there, or the trial is over.
class Trial {
 public:
  ~Trial() {
    {
      const std::lock_guard lock(mutex_);
      is_over_ = true;
    }
    over_.notify_all();
  }
  // False if the system gives no more.
  bool start_one() try {
    threads_.emplace_back([this] {
      std::unique_lock lock(mutex_);
      over_.wait(lock, [this] { return is_over_; });
    });
    return true;
  } catch (const std::exception&) {  // bad_alloc, too: stacks take memory
    return false;
  }
  std::size_t started() const { return threads_.size(); }

 private:
  std::mutex mutex_;
  std::condition_variable over_;
  bool is_over_ = false;
  std::vector<std::jthread> threads_;  // last: joined first
};

}  // namespace

std::size_t raise_file_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return SIZE_MAX;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  getrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

void need_descriptors(std::size_t count, const std::string& what) {
  const std::size_t limit = raise_file_limit();
  const std::size_t open = open_descriptors();
  if (limit >= open + count) return;
  throw Want(
      fmt::format("{} need {} file descriptors, and this process may open {} (ulimit -n): "
                  "raise that limit to {}, or use fewer",
                  what, count + open, limit, count + open));
}

void need_threads(std::size_t count, const std::string& what) {
  std::size_t started = 0;
  {
    Trial trial;
    while (trial.started() < count && trial.start_one()) {
    }
    started = trial.started();
  }
  if (started == count) return;
  throw Want(
      fmt::format("{} need {} threads, and this process can start {}: use fewer (--threads), "
                  "or raise what limits it; {}",
                  what, count, started, limits_text(EAGAIN)));
}

std::string limits_text(int error) {
  struct Limit {
    __rlimit_resource resource;
    const char* name;
    std::uint64_t unit;
  };
  constexpr Limit kOfFiles[] = {{RLIMIT_NOFILE, "ulimit -n", 1}};
  constexpr Limit kOfMemoryAndThreads[] = {{RLIMIT_NPROC, "ulimit -u", 1},
                                           {RLIMIT_AS, "ulimit -v", 1024},
                                           {RLIMIT_DATA, "ulimit -d", 1024}};
  const std::span<const Limit> limits =
      error == EMFILE ? std::span<const Limit>(kOfFiles) : kOfMemoryAndThreads;
  std::string text;
  for (const auto& [resource, name, unit] : limits) {
    rlimit limit{};
    if (getrlimit(resource, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
      text += fmt::format("{}{} is {}", text.empty() ? "" : ", ", name, limit.rlim_cur / unit);
  }
  return text.empty() ? "no ulimit is set: a container's limit, or the machine's, is reached"
                      : text + "; raise it, or use fewer --threads or smaller chunks";
}

}  // namespace mandel
