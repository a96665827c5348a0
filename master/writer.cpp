// See writer.h.
#include "master/writer.h"

namespace mandel {

Writer::Writer(std::vector<std::unique_ptr<Sink>> sinks, std::uint32_t chunks, Wakeup& progress)
    : sinks_(std::move(sinks)), chunks_(chunks), progress_(progress), thread_([this] { work(); }) {}

Writer::~Writer() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  wake_.notify_one();
}

void Writer::put(std::uint32_t chunk, Counts counts) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.emplace(chunk, std::move(counts));
  }
  wake_.notify_one();
}

std::uint32_t Writer::written() const {
  const std::lock_guard lock(mutex_);
  return written_;
}

std::optional<Error> Writer::error() const {
  const std::lock_guard lock(mutex_);
  return error_;
}

Result<void> Writer::finish() {
  MANDEL_ASSERT(written() == chunks_);
  for (const auto& sink : sinks_)
    if (auto finished = sink->finish(); !finished) return finished;
  return {};
}

void Writer::work() {
  for (std::uint32_t next = 0; next < chunks_; ++next) {
    Counts counts;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return is_closing_ || waiting_.contains(next); });
      if (is_closing_) return;
      counts = std::move(waiting_.extract(next).mapped());
    }
    std::optional<Error> error;
    for (const auto& sink : sinks_) {
      if (auto taken = sink->rows(counts.values()); !taken) error = taken.error();
      if (error) break;
    }
    {
      const std::lock_guard lock(mutex_);
      error_ = error;
      if (!error) written_ = next + 1;
    }
    progress_.ring();
    if (error) return;
  }
}

}  // namespace mandel
