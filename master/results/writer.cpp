// See writer.h.
#include "master/results/writer.h"

#include <chrono>
#include <new>
#include <pthread.h>
#include <utility>

namespace mandel {
namespace {

constexpr std::chrono::milliseconds kNap{1};
constexpr std::chrono::milliseconds kLook{50};
constexpr std::chrono::milliseconds kStuckAfter{2000};

}  // namespace

Nanoseconds Writer::Written::time_for_rest(std::uint32_t rows_in_all) const {
  if (rows == 0) return 0;
  return static_cast<Nanoseconds>(static_cast<double>(took) * (rows_in_all - rows) / rows);
}

Writer::Writer(Config config, Wakeup& progress)
    : assembly_(std::move(config)),
      progress_(progress),
      written_(assembly_.feeds_early() ? std::optional(Written()) : std::nullopt),
      thread_([this] { work(); }) {}

Writer::~Writer() { close(); }

void Writer::put(ChunkId chunk, Counts counts, const Fingerprint& print) {
  order(Put{chunk, std::move(counts), print});
}

void Writer::revoke(ChunkId chunk) { order(Revoke{chunk}); }

void Writer::cut_rest(std::uint32_t chunks) { order(CutRest{chunks}); }

void Writer::give_up() { order(GiveUp{}); }

void Writer::order(Order order) {
  const std::lock_guard lock(mutex_);
  orders_.push_back(std::move(order));
  if (is_asleep_) wake_.notify_one();
}

void Writer::set_urgent(bool is_urgent) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(is_urgent_, is_urgent) != is_urgent) wake_.notify_one();
}

std::uint32_t Writer::take_freed() {
  const std::lock_guard lock(mutex_);
  return std::exchange(freed_, 0);
}

std::optional<Writer::Written> Writer::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
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

void Writer::drop() {
  close();
  assembly_.drop();
}

bool Writer::is_resumable() const {
  const std::lock_guard lock(mutex_);
  return is_resumable_;
}

void Writer::close() { close({}); }

bool Writer::close(const std::function<bool()>& is_called_off) {
  if (!thread_.joinable()) return true;
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
  if (is_called_off && !wait_for_end(is_called_off)) return false;
  thread_.join();
  return true;
}

bool Writer::wait_for_end(const std::function<bool()>& is_called_off) {
  std::unique_lock lock(mutex_);
  auto patience = kStuckAfter;
  while (!ended_.wait_for(lock, kLook, [this] { return has_ended_; })) {
    if (!is_called_off()) continue;
    if (patience <= kLook) return false;
    patience -= kLook;
  }
  return true;
}

void Writer::work() {
  pthread_setname_np(pthread_self(), "writer");
  if (begin()) write_all();
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
  ended_.notify_one();
}

bool Writer::begin() {
  const Result<void> begun = assembly_.begin();
  if (begun) return true;
  const std::lock_guard lock(mutex_);
  error_ = begun.error();
  progress_.ring();
  return false;
}

void Writer::write_all() {
  for (;;) {
    std::optional<Order> order;
    {
      std::unique_lock lock(mutex_);
      wait_for_work(lock);
      if (is_closing_ && orders_.empty()) return;
      order = next_order();
    }
    const bool is_feeding = !order;
    const Nanoseconds began = is_feeding ? steady_now() : 0;
    const Result<void> done = take_step(std::move(order));
    bool is_awaited = false;
    {
      const std::lock_guard lock(mutex_);
      freed_ += assembly_.take_freed();
      if (is_feeding && written_)
        *written_ = {assembly_.chunks_fed(), assembly_.rows_fed(),
                     written_->took + steady_now() - began};
      is_busy_ = assembly_.has_waiting();
      is_resumable_ = assembly_.is_resumable();
      if (!done) error_ = done.error();
      is_awaited = is_urgent_ || !done;
    }
    if (is_awaited) progress_.ring();
    if (!done) return;
  }
}

Result<void> Writer::take_step(std::optional<Order> order) try {
  if (!order) return assembly_.feed();
  return std::visit([this](auto& one) { return execute(std::move(one)); }, *order);
} catch (const std::bad_alloc&) {
  return fail("memory has run out");
}

bool Writer::has_work() const { return is_closing_ || !orders_.empty() || assembly_.can_feed(); }

// While orders come one after another, they may gather. Only after a nap in which none came must
// the next one wake the thread.
void Writer::wait_for_work(std::unique_lock<std::mutex>& lock) {
  if (has_work()) return;
  wake_.wait_for(lock, kNap, [this] { return is_urgent_ || is_closing_; });
  is_asleep_ = true;
  wake_.wait(lock, [this] { return has_work(); });
  is_asleep_ = false;
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

Result<void> Writer::execute(CutRest rest) { return assembly_.cut_rest(rest.chunks); }

Result<void> Writer::execute(GiveUp) {
  assembly_.give_up();
  return {};
}

}  // namespace mandel
