// The self-test before a process's first true-count picture: it can be stopped, and it is seen to
// get on. On a slow machine it may take longer than a lane may seem to hang.
#include "kernels/deep/tested_engine.h"

#include <atomic>
#include <gtest/gtest.h>
#include <vector>

namespace mandel {
namespace {

// Polls once a run, and never has a right count.
class WrongEngine final : public DeepEngine {
  KernelStats run(std::uint32_t, std::uint32_t, std::span<std::uint32_t>, StopPoll stop) override {
    return {.stopped = stop.stop_requested()};
  }
};

DeepBackend wrong_backend(std::string_view name) {
  return {name, "", [](const DeepView&, std::uint32_t) -> std::unique_ptr<DeepEngine> {
            return std::make_unique<WrongEngine>();
          }};
}

const DeepView kView{"0", "0", "1", "1", 1, 1};

TEST(TestedEngine, TicksWhileItIsTested) {
  const DeepBackend backend = wrong_backend("wrong, and watched");
  const auto engine = tested_engine(backend, kView, 10);
  std::atomic<std::uint64_t> ticks{0};
  std::vector<std::uint32_t> counts(1);
  EXPECT_THROW(engine->run(0, 1, counts, StopPoll({}, &ticks)), DeepError);
  EXPECT_EQ(ticks, 1);
}

TEST(TestedEngine, StopsWhenAskedAndIsTestedTheNextTime) {
  const DeepBackend backend = wrong_backend("wrong, and stopped");
  const auto engine = tested_engine(backend, kView, 10);
  std::stop_source source;
  source.request_stop();
  std::vector<std::uint32_t> counts(1);
  EXPECT_TRUE(engine->run(0, 1, counts, StopPoll(source.get_token())).stopped);
  EXPECT_THROW(engine->run(0, 1, counts, {}), DeepError);
}

}  // namespace
}  // namespace mandel
