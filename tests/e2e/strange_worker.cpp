// A worker that is sound but for its kernel: the real daemon, with lanes that lie, die, hang or
// fail. What a broken core or a broken driver looks like from outside.
//
//   strange-worker lies-always | lies-a-little | lies-after N | dies-at-row Y | hangs-first |
//                  fails-always | fails-at-row Y | never-ends | dies-after N [HOST:PORT]
//
// lies-always lies of true-count, too, but not in a small picture, so that it passes the self-test.
// lies-a-little: one pixel of each chunk is wrong, the first that escapes.
// lies-after: the first N chunks are right. dies-at-row: the process is gone as soon as it is asked
// for the row of the coordinate Y; fails-at-row: it only fails. hangs-first: the first chunk never
// ends and never looks at its stop token. never-ends: each gets on, and does not end until it is
// told to stop. dies-after: each process computes N chunks and dies with the next; then another
// takes its place. With the address of a master it joins there.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "kernels/deep/engine.h"
#include "kernels/registry.h"
#include "worker/daemon.h"

namespace {

using namespace mandel;

std::string manner;
double number = 0;
std::atomic<int> runs{0};

class StrangeKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    const int run = runs++;
    const bool has_row = std::ranges::find(ys, number) != ys.end();
    if (manner == "dies-at-row" && has_row) _exit(1);
    if (manner == "dies-after" && run >= number) _exit(1);
    if (manner == "never-ends") {
      while (!stop.stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
      return {.stopped = true};
    }
    if (manner == "hangs-first" && run == 0)
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    if (manner == "fails-always" || (manner == "fails-at-row" && has_row))
      throw std::runtime_error("the kernel's driver fell over");
    const KernelStats stats = sound_->run(xs, ys, max_iter, out, stop);
    const bool lies = manner == "lies-always" || (manner == "lies-after" && run >= number);
    if (lies)
      for (std::uint32_t& count : out) count ^= count > 0 ? 1 : 0;
    if (const auto it = std::ranges::find_if(out, [](auto count) { return count > 1; });
        manner == "lies-a-little" && it != out.end())
      *it ^= 1;
    return stats;
  }

 private:
  std::unique_ptr<Kernel> sound_ = find_backend("scalar")->make();
};

constexpr Backend kStrange{
    "strange", "cpu", kExactF64, "for tests",
    []() -> std::unique_ptr<Kernel> { return std::make_unique<StrangeKernel>(); }};

class StrangeEngine final : public DeepEngine {
 public:
  StrangeEngine(const DeepView& view, std::uint32_t max_iter)
      : is_small_(view.columns <= 32), sound_(deep_backends().back().make(view, max_iter)) {}

  KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                  StopPoll stop) override {
    const KernelStats stats = sound_->run(first_row, rows, out, std::move(stop));
    if (manner == "lies-always" && !is_small_)
      for (std::uint32_t& count : out) count ^= count > 0 ? 1 : 0;
    return stats;
  }

 private:
  const bool is_small_;
  const std::unique_ptr<DeepEngine> sound_;
};

constexpr DeepBackend kStrangeDeep{
    "strange-deep", "for tests",
    [](const DeepView& view, std::uint32_t max_iter) -> std::unique_ptr<DeepEngine> {
      return std::make_unique<StrangeEngine>(view, max_iter);
    }};

// A port that nobody listens on now.
int free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0) std::abort();
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

// Returns in one process after the other, each time the one before is dead, at the same address.
void live_again_and_again() {
  const pid_t parent = getpid();
  for (;;) {
    const pid_t life = fork();
    if (life == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != parent) _exit(1);
      return;
    }
    waitpid(life, nullptr, 0);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  manner = argv[1];
  if (argc > 2) number = std::strtod(argv[2], nullptr);
  std::string endpoint = "tcp://127.0.0.1:*";
  std::optional<Address> joins;
  if (argc > 3) {
    joins = *parse_address(argv[3]);
  } else if (manner == "dies-after") {
    endpoint = fmt::format("tcp://127.0.0.1:{}", free_port());
  }
  if (manner == "dies-after") live_again_and_again();
  StopSignals signals;
  zmq::context_t context;
  auto daemon = WorkerDaemon::start(
      context, {.endpoint = endpoint,
                .lanes = {{&kStrange, 0, deep_backends().empty() ? nullptr : &kStrangeDeep}},
                .signals = &signals,
                .joins = joins});
  if (!daemon) return 1;
  std::printf("strange-worker listens on %s with one lane\n",
              argc > 3 ? "nothing" : (*daemon)->address()->text().c_str());
  std::fflush(stdout);
  (*daemon)->run();
  std::_Exit((*daemon)->stop_lanes() ? 0 : 1);  // a lane that hangs can't be joined
}
