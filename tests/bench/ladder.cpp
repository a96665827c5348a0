// See ladder.h.
#include "tests/bench/ladder.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <functional>
#include <numeric>
#include <semaphore>
#include <stdexcept>
#include <utility>

#include "common/base/sha256.h"
#include "kernels/device_list.h"
#include "kernels/lane_pool.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"

namespace mandel {
namespace {

using Clock = std::chrono::steady_clock;
using Counts = std::span<const std::uint32_t>;

struct Picture {
  std::shared_ptr<const Axes> axes;
  std::uint32_t max_iter = 0;
};

// Computes the picture once and hands its counts to `use`, which is not timed. Returns the seconds.
using Runner = std::function<double(KernelStats&, const std::function<void(Counts)>& use)>;

// One thread: the kernel alone, without a pool. All such runners share `counts`.
Runner alone(const Backend& backend, const Picture& picture, std::span<std::uint32_t> counts) {
  const std::shared_ptr<Kernel> kernel = backend.make();
  return [=](KernelStats& stats, const auto& use) {
    const auto began = Clock::now();
    stats = kernel->run(picture.axes->xs, picture.axes->ys, picture.max_iter, counts, {});
    const std::chrono::duration<double> seconds = Clock::now() - began;
    use(counts);
    return seconds.count();
  };
}

struct Pool {
  LaneResult result;
  std::binary_semaphore is_done{0};
  LanePool lanes;

  Pool(const Backend& backend, std::uint32_t threads)
      : lanes(std::vector<Lane>(threads, Lane{&backend}), [this](LaneResult done) {
          result = std::move(done);
          is_done.release();
        }) {}
};

// Several threads: the standing pool of a worker, with the picture as one chunk.
Runner in_pool(const Backend& backend, std::uint32_t threads, const Picture& picture,
               std::vector<std::uint32_t>& counts) {
  const auto pool = std::make_shared<Pool>(backend, threads);
  return [=, &counts](KernelStats& stats, const auto& use) {
    const auto began = Clock::now();
    pool->lanes.submit({.id = 0,
                        .axes = picture.axes,
                        .first_row = 0,
                        .rows = static_cast<std::uint32_t>(picture.axes->ys.size()),
                        .max_iter = picture.max_iter,
                        .out = counts.data()});
    pool->is_done.acquire();
    const std::chrono::duration<double> seconds = Clock::now() - began;
    if (!pool->result.failure.empty()) throw std::runtime_error(pool->result.failure);
    stats = pool->result.stats;
    use(counts);
    return seconds.count();
  };
}

double load_average() {
  double minute = 0.0;
  return getloadavg(&minute, 1) == 1 ? minute : -1.0;
}

// The limit is the best of all rounds, as a rung's time is: a machine that was slow for a moment
// would have rungs beyond a limit measured once.
bool is_lower(const PortLimit& a, const PortLimit& b) {
  return a.iterations_per_second() < b.iterations_per_second();
}

// Looks whether the backend can be measured here.
void examine(KernelRung& rung) {
  if (!rung.backend->make()) {
    rung.is_absent = true;
    rung.failure = "this machine can't run it";
  } else if (rung.is_comparable()) {
    rung.failure = self_test_failure(*rung.backend).value_or("");
  }
}

void run_once(KernelRung& rung, const Runner& runner, const KernelRung& base) {
  rung.seconds.push_back(runner(rung.stats, [&](Counts counts) {
    rung.sum = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
    rung.counts_sha256 = counts_sha256(counts);
  }));
  rung.agrees &= rung.counts_sha256 == base.counts_sha256;
}

// Does `step`; what it throws becomes the rung's failure.
template <typename Step>
void guarded(KernelRung& rung, Step step) {
  try {
    step();
  } catch (const std::exception& error) {
    rung.failure = error.what();
  }
}

// A CPU by way of OpenCL is compared when somebody asks for it.
bool is_by_name_only(const Backend& backend) {
  if (backend.by_name_only || backend.devices == nullptr) return backend.by_name_only;
  const auto& devices = backend.devices().devices;
  return !devices.empty() && devices.front().by_name_only;
}

std::vector<KernelRung> selected_rungs(const LadderOptions& options) {
  const Backend* const scalar = find_backend("scalar");
  std::vector<KernelRung> rungs = {KernelRung(scalar, 1)};
  for (const Backend& backend : backends()) {
    const bool is_base = &backend == scalar && options.threads == 1;
    const bool is_wanted = options.kernels.empty()
                               ? !is_by_name_only(backend)
                               : std::ranges::count(options.kernels, backend.name) > 0;
    if (is_wanted && !is_base) rungs.emplace_back(&backend, options.threads);
  }
  return rungs;
}

}  // namespace

double KernelRung::best_seconds() const { return std::ranges::min(seconds); }

double Ladder::ratio_to_base(const KernelRung& rung) const {
  return base().best_seconds() / rung.best_seconds();
}

double Ladder::port_limit_share(const KernelRung& rung) const {
  const double rate = static_cast<double>(rung.stats.executed) / rung.best_seconds();
  return rate / (port_limit.iterations_per_second() * rung.threads);
}

bool Ladder::has_errors() const {
  return std::ranges::any_of(rungs, [](const KernelRung& rung) {
    if (!rung.failure.empty()) return !rung.is_absent;
    return rung.is_comparable() && !rung.agrees;
  });
}

Ladder climb(const LadderOptions& options) {
  const Picture picture{std::make_shared<const Axes>(view_axes(*options.view)),
                        options.view->max_iter};
  Ladder ladder{options, picture.axes->xs.size(), picture.axes->ys.size(), load_average(),
                {},      selected_rungs(options)};
  std::vector<std::uint32_t> counts(ladder.columns * ladder.rows);
  std::vector<Runner> runners;
  for (KernelRung& rung : ladder.rungs) {
    Runner& runner = runners.emplace_back();
    guarded(rung, [&] {
      examine(rung);
      if (!rung.failure.empty()) return;
      runner = rung.threads == 1 ? alone(*rung.backend, picture, counts)
                                 : in_pool(*rung.backend, rung.threads, picture, counts);
    });
  }
  if (!ladder.base().failure.empty())
    throw std::runtime_error("the base of all ratios, scalar, fails: " + ladder.base().failure);
  for (std::uint32_t round = 0; round < options.repeats; ++round) {
    ladder.port_limit = std::max(ladder.port_limit, measure_port_limit(), is_lower);
    for (std::size_t i = 0; i < runners.size(); ++i) {
      KernelRung& rung = ladder.rungs[i];
      if (!rung.failure.empty()) continue;
      if (round > 0 && rung.best_seconds() > kRepeatedBelowSeconds) continue;
      guarded(rung, [&] { run_once(rung, runners[i], ladder.base()); });
    }
  }
  return ladder;
}

}  // namespace mandel
