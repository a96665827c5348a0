// A thing that many lanes need and one of them makes, while the others wait and poll. Not
// std::call_once, in which who waits can neither be stopped nor be seen to be alive.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include "kernels/stop_poll.h"

namespace mandel {

template <typename Thing>
class Lazy {
 public:
  // `make()` returns a unique_ptr<Thing>, null if it was stopped: then the next who asks makes it.
  // Null if `stop` ended this call. What make() throws, its caller gets, and the next tries again.
  template <typename Make>
  const Thing* get(const Make& make, const StopPoll& stop) {
    std::unique_lock lock(mutex_);
    while (thing_ == nullptr && is_being_made_) {
      made_.wait_for(lock, std::chrono::milliseconds(10));
      if (stop.stop_requested()) return nullptr;
    }
    if (thing_ != nullptr) return thing_.get();
    is_being_made_ = true;
    lock.unlock();
    std::unique_ptr<Thing> thing;
    try {
      thing = make();
    } catch (...) {
      finish(nullptr);
      throw;
    }
    return finish(std::move(thing));
  }

 private:
  const Thing* finish(std::unique_ptr<Thing> thing) {
    const std::lock_guard lock(mutex_);
    thing_ = std::move(thing);
    is_being_made_ = false;
    made_.notify_all();
    return thing_.get();
  }

  std::mutex mutex_;
  std::condition_variable made_;
  bool is_being_made_ = false;
  std::unique_ptr<Thing> thing_;
};

}  // namespace mandel
