// A standing pool of lanes that computes chunks: one thread a lane, asleep when there is nothing to
// do. Chunks are split among the lanes by guided self-scheduling over the whole queue: when few big
// chunks wait, all lanes work on one; when many small ones wait, each lane takes one whole. A fixed
// "one lane, one chunk" rule would leave lanes idle for a single chunk, and a fixed band size would
// cut small chunks to ribbons. Lanes of unequal speed (a GPU beside CPU threads) claim in
// proportion to what they have lately computed per second. Some lanes can't do every task: a GPU
// computes no true-count. Each takes the oldest that it can do.
//
// Source: C. Polychronopoulos, D. Kuck, "Guided Self-Scheduling", IEEE Trans. Computers C-36
// (1987).
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "kernels/deep_engine.h"
#include "kernels/grid.h"
#include "kernels/kernel.h"

namespace mandel {

// What a lane computes with: a thread of its own with a CPU kernel, or one of a backend's devices.
struct Lane {
  const Backend* backend = nullptr;  // null: it computes true-count only
  std::size_t device = 0;            // which of backend->devices(), where it has devices
  // Whose engines it may run; null: none, it computes no true-count.
  const DeepBackend* deep = nullptr;

  // Null where the machine has no such device.
  std::unique_ptr<Kernel> make() const {
    if (backend == nullptr) return nullptr;
    return backend->make_on != nullptr ? backend->make_on(device) : backend->make();
  }
};

// A band of consecutive rows of one picture.
struct LaneTask {
  std::uint64_t id = 0;  // the caller's own, for cancel() and ticks()
  std::shared_ptr<const Axes> axes;
  // Of true-count: computes in place of the lanes' kernels. Of the axes only the sizes count then.
  std::shared_ptr<DeepEngine> deep = {};
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  std::uint32_t max_iter = 0;
  std::uint32_t* out = nullptr;  // where the counts go; null: into memory that the result owns
  // What the caller wants back with the result. The pool never looks at it.
  std::shared_ptr<const void> cookie = {};
};

// What one lane did of a task.
struct LanePart {
  std::size_t lane = 0;
  std::uint64_t began_ns = 0;     // after submit()
  std::uint64_t computed_ns = 0;  // of all rows that it claimed, without...
  std::uint64_t prepared_ns = 0;  // KernelStats::preparation_ns of these
};

// A task's end. `counts` holds rows * columns counts, row-major; it is null when the task said
// where they go, and when `stats.stopped` or `failure` says why there are none.
struct LaneResult {
  std::uint64_t id = 0;
  std::shared_ptr<const void> cookie;
  std::unique_ptr<std::uint32_t[]> counts;
  std::size_t count = 0;
  KernelStats stats;
  std::string failure;            // not empty: the kernel threw, or memory ran out
  std::exception_ptr thrown;      // by the kernel, if it was that
  std::uint64_t waited_ns = 0;    // from submit() until a lane began
  std::uint64_t computed_ns = 0;  // summed over the lanes that took part, without preparations
  std::vector<LanePart> parts;    // in the order in which these began
  std::size_t last_lane = 0;      // that finished the task, and reports it
};

// A claim of fewer pixels costs more in locking and in draining vector lanes than it can win back
// by balance. Not where a pixel takes milliseconds.
inline constexpr std::uint64_t kClaimPixelsMin = 4096;

// How many rows a lane takes from a task: half of its share of all rows that wait, but not fewer
// than make `pixels_min`; all, if it is the only lane. `unclaimed_pixels` counts the whole queue;
// `share` is the lane's part of the pool's speed, 1 / lanes where all are equal.
std::uint32_t guided_rows(std::uint64_t unclaimed_pixels, double share, std::size_t columns,
                          std::uint64_t pixels_min = kClaimPixelsMin);

class LanePool {
 public:
  // One lane for each element of `lanes`. `on_result` is called on the thread of the lane that
  // finished the task last; it must not call back into the pool.
  LanePool(std::span<const Lane> lanes, std::function<void(LaneResult)> on_result);
  // Closes it and joins the lanes. Never returns if one hangs.
  ~LanePool();

  // Some lane must be able to do it.
  void submit(LaneTask task);
  // Computes the task on the caller's thread, as if the first lane with a CPU kernel had: for a
  // task so small that waking a lane costs more. Nothing if it can't be done here (of true-count,
  // or there is no such lane), or takes longer than `most`, which is known 50 ms later at the
  // latest: then nothing has happened. One thread at a time.
  std::optional<LaneResult> compute_here(const LaneTask& task, std::chrono::nanoseconds most);
  // Every submitted task yields exactly one result; a cancelled one yields it early, as stopped,
  // unless it was done already.
  void cancel(std::uint64_t id);
  // Forgets those tasks of this id that no lane has begun, for which no result is reported: a
  // cancelled one waits for a lane all the same. Returns how many.
  std::size_t withdraw(std::uint64_t id);

  // Stops what runs and forgets what waits; no result is reported for either, and nothing may be
  // submitted any more. False if some lane has not stopped when the time is over.
  bool close(std::chrono::milliseconds patience);

  // How often the lanes have polled in each task, by id: 0 until one begins it, then at least 1,
  // and more with every poll of every lane that works on it. A task that has ended is not listed.
  std::unordered_map<std::uint64_t, std::uint64_t> ticks();
  // Lanes that are computing.
  std::size_t busy();

 private:
  struct Work;
  struct Claim;
  // What a lane is at. It ticks on a cache line of its own.
  struct alignas(64) Seat {
    std::atomic<std::uint64_t> ticks{0};  // since it claimed rows of...
    std::shared_ptr<Work> work;           // null: none
  };

  // Tasks with rows that no lane has taken, of one kind, and how well the lanes do that kind.
  struct Queue {
    std::deque<std::shared_ptr<Work>> tasks;
    std::uint64_t pixels = 0;
    std::vector<bool> can_do = {};           // by lane
    std::vector<double> pixels_per_ns = {};  // by lane, a moving mean; 0: not known yet

    double share_of(std::size_t lane) const;
  };

  void work(std::size_t index, const Lane& lane);
  Queue& queue_of(const LaneTask& task) { return task.deep != nullptr ? deep_ : exact_; }
  Queue* next_queue_locked(std::size_t lane);
  Claim claim_locked(std::size_t lane, Queue& queue);
  // As many rows of the task as fit `out`, after the first `skipped` ones.
  static KernelStats compute(Kernel* kernel, const LaneTask& task, std::uint32_t skipped,
                             std::span<std::uint32_t> out, StopPoll stop);
  void run(std::size_t lane, Kernel* kernel, const Claim& claim);
  void finish(Work& work);

  const std::function<void(LaneResult)> on_result_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Queue exact_, deep_;
  std::vector<std::shared_ptr<Work>> running_;  // tasks with rows that some lane is computing
  std::vector<Seat> seats_;                     // by lane
  const std::vector<Lane> lanes_;
  std::unique_ptr<Kernel> here_;  // compute_here()'s, from the first call on
  bool closing_ = false;
  std::size_t lanes_left_;  // that have not ended
  std::condition_variable lane_ended_;
  std::vector<std::jthread> threads_;
};

}  // namespace mandel
