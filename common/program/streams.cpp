// See streams.h.
#include "common/program/streams.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "common/base/clock.h"

namespace mandel {
namespace {

constexpr std::size_t kWaitingMax = 64 * 1024;  // bytes of messages that nobody has taken yet
constexpr Nanoseconds kFlushTime = kSecond;
// A terminal that can't be opened anew says only that it has room, not how much.
constexpr std::size_t kCautious = 256;

int print_error = 0;
bool is_print_failure_told = false;

// How standard error is written without waiting for whoever reads it. Not by O_NONBLOCK on the
// descriptor that we got: the shell, and all others of this terminal, share it.
class Messages {
 public:
  void never_wait() {
    struct stat status{};
    if (fstat(STDERR_FILENO, &status) != 0) return;
    is_socket_ = S_ISSOCK(status.st_mode);
    const bool may_stall = S_ISFIFO(status.st_mode) || isatty(STDERR_FILENO) == 1;
    if (!may_stall) return;
    // An open file of our own. After su, the terminal is somebody else's.
    const int own = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    is_cautious_ = own < 0;
    if (own >= 0) fd_ = own;
  }

  void show(std::string_view text) {
    const std::lock_guard lock(mutex_);
    push();
    if (!waiting_.empty() && waiting_.size() + text.size() > kWaitingMax) {
      ++left_out_;
      return;
    }
    if (left_out_ > 0)
      waiting_ += fmt::format("({} messages are left out here: nobody took them)\n",
                              std::exchange(left_out_, 0));
    waiting_ += text;
    push();
  }

  void show_fleeting(std::string_view text) {
    const std::lock_guard lock(mutex_);
    push();
    if (!waiting_.empty()) return;
    waiting_ = text;
    push();
  }

  void flush() {
    const std::lock_guard lock(mutex_);
    const Nanoseconds until = steady_now() + kFlushTime;
    for (push(); !waiting_.empty() && steady_now() < until; push()) {
      pollfd room{fd_, POLLOUT, 0};
      poll(&room, 1, static_cast<int>((until - steady_now()) / kMillisecond) + 1);
    }
  }

 private:
  void push() {
    while (!waiting_.empty()) {
      const ssize_t taken = write_some();
      if (taken < 0 && errno == EINTR) continue;
      if (taken < 0 && errno == EAGAIN) return;
      if (taken < 0) return waiting_.clear();  // nobody can be told
      waiting_.erase(0, static_cast<std::size_t>(taken));
    }
  }

  ssize_t write_some() {
    if (is_socket_) return send(fd_, waiting_.data(), waiting_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (!is_cautious_) return write(fd_, waiting_.data(), waiting_.size());
    pollfd room{fd_, POLLOUT, 0};
    if (poll(&room, 1, 0) == 1)
      return write(fd_, waiting_.data(), std::min(kCautious, waiting_.size()));
    errno = EAGAIN;
    return -1;
  }

  std::mutex mutex_;
  int fd_ = STDERR_FILENO;
  bool is_socket_ = false;
  bool is_cautious_ = false;
  std::string waiting_;
  std::uint64_t left_out_ = 0;
};

// Never destroyed: threads may have something to say until the end.
Messages& messages() {
  static auto* const all = new Messages;
  return *all;
}

}  // namespace

void secure_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) {
      const int refusing = open("/dev/null", O_RDONLY);  // gets the lowest free number: this one
      if (refusing > STDERR_FILENO) close(refusing);
    }
  messages().never_wait();
}

void print_result(std::string_view text) {
  while (print_error == 0 && !text.empty()) {
    const ssize_t taken = write(STDOUT_FILENO, text.data(), text.size());
    if (taken >= 0) {
      text.remove_prefix(static_cast<std::size_t>(taken));
    } else if (errno == EAGAIN) {  // its other users want it so
      pollfd room{STDOUT_FILENO, POLLOUT, 0};
      poll(&room, 1, -1);
    } else if (errno != EINTR) {
      print_error = errno;
    }
  }
}

bool can_print() { return print_error == 0; }

std::optional<Error> take_print_failure() {
  // Libraries print, too, by stdio.
  if (print_error == 0 && (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)) print_error = EIO;
  if (print_error == 0 || std::exchange(is_print_failure_told, true)) return std::nullopt;
  return Error{fmt::format("can't write to standard output: {}", std::strerror(print_error))};
}

void show_message(std::string_view text) { messages().show(text); }

void show_fleeting(std::string_view text) { messages().show_fleeting(text); }

bool has_terminal() {
  const char* type = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (type == nullptr || std::string_view(type) != "dumb");
}

// As no-color.org has it.
bool wants_colour() {
  const char* no_colour = std::getenv("NO_COLOR");
  return has_terminal() && (no_colour == nullptr || *no_colour == '\0');
}

void flush_messages() { messages().flush(); }

}  // namespace mandel
