// See exactness.h.
#include "kernels/check/exactness.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "kernels/cpu/scalar.h"
#include "kernels/views.h"

namespace mandel::check {
namespace {

struct Size {
  std::uint32_t columns;
  std::uint32_t rows;
};

constexpr Size kSmallSizes[] = {{1, 1}, {7, 7}, {31, 31}, {501, 1}, {1, 501}};
constexpr Size kLargeSizes[] = {{499, 499}, {500, 500}, {501, 501}};
constexpr std::uint32_t kLargeMaxIter = 2000;  // keeps the reference to seconds
// Around the front's 16 tested iterations, a block's 16, and the last limit of 16-bit counts.
constexpr std::uint32_t kLimits[] = {0, 1, 2, 15, 16, 17, 31, 32, 33, 65535, 65536, 65537};

void compute(Reference& job) {
  const std::size_t columns = job.xs.size();
  job.counts.resize(columns * job.ys.size());
  std::atomic<std::size_t> next_row = 0;
  const auto work = [&] {
    for (std::size_t row; (row = next_row++) < job.ys.size();)
      for (std::size_t column = 0; column < columns; ++column)
        job.counts[row * columns + column] =
            scalar_count(job.xs[column], job.ys[row], job.max_iter);
  };
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
}

Reference make_reference(std::string name, const Axes& axes, std::uint32_t max_iter) {
  Reference job{std::move(name), axes.xs, axes.ys, max_iter, {}};
  job.name += ' ' + std::to_string(axes.xs.size()) + 'x' + std::to_string(axes.ys.size()) +
              " limit " + std::to_string(max_iter);
  compute(job);
  return job;
}

}  // namespace

std::vector<Reference> make_references(bool quick) {
  std::vector<Reference> jobs;
  const auto add = [&](std::string_view name, const Axes& axes, std::uint32_t max_iter) {
    jobs.push_back(make_reference(std::string(name), axes, max_iter));
  };
  for (const NamedView& view : named_views()) {
    for (const Size size : kSmallSizes)
      add(view.name, view_axes(view, size.columns, size.rows), quick ? 500 : view.max_iter);
    if (quick) continue;
    for (const Size size : kLargeSizes)
      add(view.name, view_axes(view, size.columns, size.rows),
          std::min(view.max_iter, kLargeMaxIter));
  }
  for (const std::uint32_t max_iter : kLimits)
    if (!quick || max_iter < 100) add("limits", tutorial_axes(64), max_iter);
  add("nothing", {}, 100);
  if (!quick) add("several bands", tutorial_axes(8000), 300);
  return jobs;
}

std::size_t wrong_pixels(Kernel& kernel, const Reference& reference) {
  std::vector<std::uint32_t> counts(reference.counts.size(), 0xdeadbeef);
  kernel.run(reference.xs, reference.ys, reference.max_iter, counts, {});
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) wrong += counts[i] != reference.counts[i];
  return wrong;
}

double seconds_to_stop(Kernel& kernel) {
  // The boundary point 1/4 never escapes, is in no closed form, and reaches its rounded orbit's
  // cycle only after some 1e8 iterations.
  const Axes axes{std::vector<double>(300, 0.25), std::vector<double>(300, 0.0)};
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  using Clock = std::chrono::steady_clock;
  std::stop_source source;
  Clock::time_point asked;
  std::jthread stopper([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    asked = Clock::now();
    source.request_stop();
  });
  const KernelStats stats = kernel.run(axes.xs, axes.ys, 0x7fffffff, counts, source.get_token());
  const Clock::time_point returned = Clock::now();
  stopper.join();
  return stats.stopped ? std::chrono::duration<double>(returned - asked).count() : -1.0;
}

}  // namespace mandel::check
