// What a kernel polls while it computes: shall it stop? Every poll is also a tick of a counter that
// others may watch, which tells a lane that gets on from a lane that hangs. Asking and ticking are
// one act, so that no kernel can do the one and forget the other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <utility>

namespace mandel {

// Of kernels that go from pixel to pixel: a few milliseconds.
inline constexpr std::uint32_t kIterationsBetweenPolls = 1u << 20;

class StopPoll {
 public:
  StopPoll() = default;  // never stops, and nobody watches
  // Implicit, since a stop token alone is all that most callers have. `ticks` may be null; nobody
  // else writes it while this polls. (A counter that lanes share costs those kernels a quarter of
  // their speed that poll every microsecond.)
  StopPoll(std::stop_token stop, std::atomic<std::uint64_t>* ticks = nullptr)
      : stop_(std::move(stop)), ticks_(ticks) {}
  // Stops by itself from then on.
  explicit StopPoll(std::chrono::steady_clock::time_point until) : until_(until), has_end_(true) {}

  bool stop_requested() const {
    constexpr auto relaxed = std::memory_order_relaxed;
    if (ticks_ != nullptr) ticks_->store(ticks_->load(relaxed) + 1, relaxed);
    return stop_.stop_requested() || (has_end_ && std::chrono::steady_clock::now() >= until_);
  }

 private:
  std::stop_token stop_;
  std::atomic<std::uint64_t>* ticks_ = nullptr;
  std::chrono::steady_clock::time_point until_;
  bool has_end_ = false;
};

}  // namespace mandel
