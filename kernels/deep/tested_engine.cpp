// See tested_engine.h.
#include "kernels/deep/tested_engine.h"

#include <chrono>
#include <map>
#include <mutex>
#include <utility>

#include "kernels/deep/lazy.h"

namespace mandel {
namespace {

using Clock = std::chrono::steady_clock;

Lazy<std::string>& failures_of(const DeepBackend& backend) {
  static std::mutex mutex;
  // Never destroyed: lanes may still ask while the program ends.
  static auto& failures = *new std::map<std::string_view, Lazy<std::string>>;
  const std::lock_guard lock(mutex);
  return failures[backend.name];
}

// Empty if all is well. Found out once a process; null if it was stopped meanwhile.
const std::string* failure_of(const DeepBackend& backend, const StopPoll& stop) {
  const auto test = [&]() -> std::unique_ptr<std::string> {
    auto failure = self_test_failure(backend, stop);
    return failure ? std::make_unique<std::string>(*std::move(failure)) : nullptr;
  };
  return failures_of(backend).get(test, stop);
}

class TestedEngine final : public DeepEngine {
 public:
  TestedEngine(const DeepBackend& backend, std::unique_ptr<DeepEngine> engine)
      : backend_(backend), engine_(std::move(engine)) {}

  KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                  StopPoll stop) override {
    const auto began = Clock::now();
    const std::string* failure = failure_of(backend_, stop);
    if (failure == nullptr) return {.stopped = true};
    if (!failure->empty())
      throw DeepError("kernel " + std::string(backend_.name) +
                      " failed its self-test: " + *failure);
    const std::chrono::nanoseconds tested = Clock::now() - began;
    KernelStats stats = engine_->run(first_row, rows, out, std::move(stop));
    stats.preparation_ns += static_cast<std::uint64_t>(tested.count());
    return stats;
  }

 private:
  const DeepBackend& backend_;
  const std::unique_ptr<DeepEngine> engine_;
};

}  // namespace

std::shared_ptr<DeepEngine> tested_engine(const DeepBackend& backend, const DeepView& view,
                                          std::uint32_t max_iter) {
  return std::make_shared<TestedEngine>(backend, backend.make(view, max_iter));
}

}  // namespace mandel
