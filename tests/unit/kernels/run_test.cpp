// The rest of the interface's contract: stopping, honest statistics, and runs of no size. Stopping
// is tested without a clock: polls are bounded by the iterations that fit between two of them.
#include <cstdint>
#include <gtest/gtest.h>
#include <thread>

#include "kernels/views.h"
#include "tests/unit/kernels/compare.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel {
namespace {

class Run : public EachBackend {
 protected:
  // Real points whose orbits are chaotic and never leave: no proof shortens them, and at this limit
  // all of them together would take hours.
  const Axes endless_ = view_axes(View{-1.75, 0.0, 1e-3, 0.0, 400, 3});
  static constexpr std::uint32_t kEndlessIter = 0x7fffffff;

  void expect_right_counts() {
    const Axes axes = view_axes(View{-0.75, 0.1, 0.01, 0.01, 65, 33});
    EXPECT_EQ(difference(*kernel, axes, 500, reference(axes, 500)), std::nullopt);
  }

  std::vector<std::uint32_t> endless_out_ = std::vector<std::uint32_t>(400 * 3);
};

// 50 ms on the fastest device we know of: an H200 does 2.8e12 exact iterations a second, a core
// 2e10.
std::uint64_t iterations_between_polls_max(const Backend& backend) {
  return backend.device == "cpu" ? 1'000'000'000u : 140'000'000'000u;
}

TEST_P(Run, EndsAtItsFirstPollWhenItWasStoppedBefore) {
  std::stop_source source;
  source.request_stop();
  const KernelStats stats =
      kernel->run(endless_.xs, endless_.ys, kEndlessIter, endless_out_, source.get_token());
  EXPECT_TRUE(stats.stopped);
  EXPECT_LE(stats.executed, iterations_between_polls_max(*find_backend(GetParam())));
}

TEST_P(Run, EndsWhenAnotherThreadStopsIt) {
  std::stop_source source;
  const std::jthread other([&source] { source.request_stop(); });
  const KernelStats stats =
      kernel->run(endless_.xs, endless_.ys, kEndlessIter, endless_out_, source.get_token());
  EXPECT_TRUE(stats.stopped);
}

TEST_P(Run, LeavesNothingBehindThatSpoilsTheNextOne) {
  std::stop_source source;
  source.request_stop();
  kernel->run(endless_.xs, endless_.ys, kEndlessIter, endless_out_, source.get_token());
  expect_right_counts();
}

TEST_P(Run, OfNoRowsOrNoColumnsDoesNothing) {
  const Axes axes = view_axes(View{-0.75, 0.0, 0.01, 0.01, 5, 5});
  EXPECT_EQ(kernel->run(axes.xs, {}, 100, {}, {}).executed, 0u);
  EXPECT_EQ(kernel->run({}, axes.ys, 100, {}, {}).executed, 0u);
  expect_right_counts();
}

TEST_P(Run, CountsEveryIterationAsExecutedOrSkipped) {
  for (const char* name : {"a", "e1", "x"}) {
    SCOPED_TRACE(std::string("view ") + name);
    View view = find_view(name)->view;
    if (view.columns == 0) view = {-0.68, 0.0, 2.9 / 500, 2.6 / 500, 500, 500};
    view.step_x *= view.columns / 65.0;
    view.step_y *= view.rows / 65.0;
    view.columns = view.rows = 65;
    const Axes axes = view_axes(view);
    std::vector<std::uint32_t> out(65 * 65);
    const KernelStats stats = kernel->run(axes.xs, axes.ys, 1000, out, {});
    EXPECT_EQ(stats.executed + stats.skipped, reference(axes, 1000).iterations);
    EXPECT_FALSE(stats.stopped);
  }
}

INSTANTIATE_TEST_SUITE_P(Kernels, Run, testing::ValuesIn(exact_backends()), backend_name);

}  // namespace
}  // namespace mandel
