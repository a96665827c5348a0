// See tested_engine.h.
#include "worker/tested_engine.h"

#include <map>
#include <mutex>
#include <utility>

#include "common/base/clock.h"

namespace mandel {
namespace {

// Empty if all is well. Asked once a process; others wait meanwhile.
const std::string& failure_of(const DeepBackend& backend) {
  static std::mutex mutex;
  static std::map<std::string_view, std::string> failures;
  const std::lock_guard lock(mutex);
  const auto [known, is_new] = failures.try_emplace(backend.name);
  if (is_new) known->second = self_test_failure(backend);
  return known->second;
}

class TestedEngine final : public DeepEngine {
 public:
  TestedEngine(const DeepBackend& backend, std::unique_ptr<DeepEngine> engine)
      : backend_(backend), engine_(std::move(engine)) {}

  KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                  StopPoll stop) override {
    const Nanoseconds began = steady_now();
    if (const std::string& failure = failure_of(backend_); !failure.empty())
      throw DeepError("kernel " + std::string(backend_.name) + " failed its self-test: " + failure);
    const auto tested_ns = static_cast<std::uint64_t>(steady_now() - began);
    KernelStats stats = engine_->run(first_row, rows, out, std::move(stop));
    stats.preparation_ns += tested_ns;
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
