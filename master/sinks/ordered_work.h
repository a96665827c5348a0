// Pieces of work on several threads, with their results in the order in which the pieces were
// given. A picture is compressed band by band, and its file needs the bands in order. Not
// std::async: it starts a thread for each piece, and names none.
#pragma once

#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <vector>

namespace mandel {

template <typename Value>
class OrderedWork {
 public:
  using Piece = std::function<Value()>;

  // Throws std::system_error for want of threads.
  explicit OrderedWork(unsigned threads) {
    for (unsigned k = 0; k < threads; ++k)
      threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
  // Pieces that nobody has begun are dropped.
  ~OrderedWork() {
    for (std::jthread& thread : threads_) thread.request_stop();
    wake_.notify_all();
  }
  OrderedWork(const OrderedWork&) = delete;
  OrderedWork& operator=(const OrderedWork&) = delete;

  void give(Piece piece) {
    std::packaged_task<Value()> task(std::move(piece));
    under_way_.push_back(task.get_future());
    {
      const std::lock_guard lock(mutex_);
      tasks_.push_back(std::move(task));
    }
    wake_.notify_one();
  }

  // Pieces given whose results were not taken.
  std::size_t under_way() const { return under_way_.size(); }
  // Is the next result there?
  bool is_ready() const {
    return !under_way_.empty() &&
           under_way_.front().wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  }
  // The next one; waits for it. Something must be under way. Throws what the piece threw.
  Value take() {
    std::future<Value> next = std::move(under_way_.front());
    under_way_.pop_front();
    return next.get();
  }

 private:
  void work(const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "picture");
    // Else it might take a signal from those who wait for one.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    for (;;) {
      std::packaged_task<Value()> task;
      {
        std::unique_lock lock(mutex_);
        if (!wake_.wait(lock, stop, [this] { return !tasks_.empty(); })) return;
        if (stop.stop_requested()) return;
        task = std::move(tasks_.front());
        tasks_.pop_front();
      }
      task();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<std::packaged_task<Value()>> tasks_;
  std::deque<std::future<Value>> under_way_;
  std::vector<std::jthread> threads_;  // the last: they use all of the above
};

}  // namespace mandel
