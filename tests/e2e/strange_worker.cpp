// A worker that is sound but for its kernel: the real daemon, with lanes that lie, die, hang or
// fail. What a broken core or a broken driver looks like from outside.
//
//   strange-worker lies-always | lies-after N | dies-at-row Y | hangs-first | fails-always |
//                  fails-at-row Y
//
// lies-after: the first N chunks are right. dies-at-row: the process is gone as soon as it is asked
// for the row of the coordinate Y; fails-at-row: it only fails. hangs-first: the first chunk never
// ends and never looks at its stop token.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

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
    if (manner == "hangs-first" && run == 0)
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    if (manner == "fails-always" || (manner == "fails-at-row" && has_row))
      throw std::runtime_error("the kernel's driver fell over");
    const KernelStats stats = sound_->run(xs, ys, max_iter, out, stop);
    const bool lies = manner == "lies-always" || (manner == "lies-after" && run >= number);
    if (lies)
      for (std::uint32_t& count : out) count ^= count > 0 ? 1 : 0;
    return stats;
  }

 private:
  std::unique_ptr<Kernel> sound_ = find_backend("scalar")->make();
};

constexpr Backend kStrange{
    "strange", "cpu", kExactF64, "for tests",
    []() -> std::unique_ptr<Kernel> { return std::make_unique<StrangeKernel>(); }};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  manner = argv[1];
  if (argc > 2) number = std::strtod(argv[2], nullptr);
  StopSignals signals;
  zmq::context_t context;
  auto daemon = WorkerDaemon::start(
      context, {.endpoint = "tcp://127.0.0.1:*", .lanes = {{&kStrange, 0}}, .signals = &signals});
  if (!daemon) return 1;
  std::printf("strange-worker listens on %s with one lane\n", (*daemon)->address()->text().c_str());
  std::fflush(stdout);
  (*daemon)->run();
  std::_Exit((*daemon)->stop_lanes() ? 0 : 1);  // a lane that hangs can't be joined
}
