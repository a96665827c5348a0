// See computation.h.
#include "kernels/c_api/computation.h"

#include <condition_variable>
#include <mutex>
#include <utility>

namespace mandel {

struct Computation::State {
  std::mutex mutex;
  std::condition_variable has_ended;
  std::size_t pending = 0;  // tasks
  std::uint64_t rows_done = 0;
  KernelStats stats;
  std::exception_ptr thrown;

  void remove(std::size_t tasks) {
    const std::lock_guard lock(mutex);
    pending -= tasks;
    if (pending == 0) has_ended.notify_all();
  }
};

struct Computation::Cookie {
  std::shared_ptr<State> state;
  std::uint32_t rows;
};

Computation::Computation(LanePool& pool, std::uint64_t id)
    : pool_(pool), id_(id), state_(std::make_shared<State>()) {}

Computation::~Computation() {
  end();
  while (!wait(std::chrono::milliseconds(1000))) {
  }
}

void Computation::submit(LaneTask task) {
  task.id = id_;
  task.cookie = std::make_shared<const Cookie>(Cookie{state_, task.rows});
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->pending;
  }
  try {
    pool_.submit(std::move(task));
  } catch (...) {
    state_->remove(1);
    throw;
  }
}

bool Computation::wait(std::chrono::milliseconds patience) {
  std::unique_lock lock(state_->mutex);
  return state_->has_ended.wait_for(lock, patience, [&] { return state_->pending == 0; });
}

void Computation::end() {
  state_->remove(pool_.withdraw(id_));
  pool_.cancel(id_);
}

std::uint64_t Computation::rows_done() const {
  const std::lock_guard lock(state_->mutex);
  return state_->rows_done;
}

bool Computation::has_failed() const {
  const std::lock_guard lock(state_->mutex);
  return state_->thrown != nullptr;
}

KernelStats Computation::result() const {
  const std::lock_guard lock(state_->mutex);
  if (state_->thrown != nullptr) std::rethrow_exception(state_->thrown);
  return state_->stats;
}

void Computation::take(LaneResult result) {
  const auto& cookie = *static_cast<const Cookie*>(result.cookie.get());
  {
    const std::lock_guard lock(cookie.state->mutex);
    if (!result.stats.stopped) cookie.state->rows_done += cookie.rows;
    cookie.state->stats += result.stats;
    if (result.thrown != nullptr) cookie.state->thrown = result.thrown;
  }
  cookie.state->remove(1);
}

}  // namespace mandel
