// See writer.h.
#include "master/writer.h"

#include <utility>

namespace mandel {

Writer::Writer(Config config, Wakeup& progress)
    : assembly_(std::move(config)), progress_(progress), thread_([this] { work(); }) {}

Writer::~Writer() { close(); }

void Writer::put(ChunkId chunk, Counts counts, const Fingerprint& print) {
  order(Put{chunk, std::move(counts), print});
}

void Writer::revoke(ChunkId chunk) { order(Revoke{chunk}); }

void Writer::give_up() { order(GiveUp{}); }

void Writer::order(Order order) {
  {
    const std::lock_guard lock(mutex_);
    orders_.push_back(std::move(order));
  }
  wake_.notify_one();
}

std::uint32_t Writer::take_freed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(freed_, 0);
}

bool Writer::is_idle() const {
  const std::lock_guard lock(mutex_);
  return orders_.empty() && !is_busy_;
}

std::optional<Error> Writer::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

Result<void> Writer::finish(const Assembly::Tell& tell) {
  close();
  if (error_) return tl::unexpected(*error_);
  return assembly_.finish(tell);
}

bool Writer::leave() {
  close();
  return assembly_.leave();
}

// Ends the thread after what was ordered; the sinks are fed no more.
void Writer::close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void Writer::work() {
  for (;;) {
    std::optional<Order> order;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_closing_ || !orders_.empty() || assembly_.can_feed(); });
      if (is_closing_ && orders_.empty()) return;
      order = next_order();
    }
    const Result<void> done =
        order ? std::visit([this](auto& one) { return execute(std::move(one)); }, *order)
              : assembly_.feed();
    {
      const std::lock_guard lock(mutex_);
      freed_ += assembly_.take_freed();
      is_busy_ = assembly_.has_waiting();
      if (!done) error_ = done.error();
    }
    progress_.ring();
    if (!done) return;
  }
}

std::optional<Writer::Order> Writer::next_order() {
  if (orders_.empty()) return std::nullopt;
  std::optional<Order> order = std::move(orders_.front());
  orders_.pop_front();
  is_busy_ = true;
  return order;
}

Result<void> Writer::execute(Put put) {
  return assembly_.put(put.chunk, std::move(put.counts), put.print);
}

Result<void> Writer::execute(Revoke revoke) { return assembly_.revoke(revoke.chunk); }

Result<void> Writer::execute(GiveUp) {
  assembly_.give_up();
  return {};
}

}  // namespace mandel
