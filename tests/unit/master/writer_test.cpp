#include "master/writer.h"

#include <gtest/gtest.h>
#include <poll.h>

namespace mandel {
namespace {

Counts counts_of(std::uint32_t value) {
  const std::vector<std::uint32_t> values(10, value);
  return Counts(zmq::message_t(values.data(), values.size() * sizeof(std::uint32_t)));
}

struct Log {
  std::vector<std::uint32_t> values;  // the first of each call
  bool is_finished = false;
};

class LogSink final : public Sink {
 public:
  LogSink(Log& log, std::uint32_t fail_at) : log_(log), fail_at_(fail_at) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override {
    if (counts[0] == fail_at_) return fail("disk full");
    log_.values.push_back(counts[0]);
    return {};
  }
  Result<void> finish() override {
    log_.is_finished = true;
    return {};
  }

 private:
  Log& log_;
  std::uint32_t fail_at_;
};

class WriterTest : public testing::Test {
 protected:
  std::vector<std::unique_ptr<Sink>> sinks(std::uint32_t fail_at = UINT32_MAX) {
    std::vector<std::unique_ptr<Sink>> list;
    list.push_back(std::make_unique<LogSink>(log_, fail_at));
    return list;
  }
  // Waits on the wakeup, as the loop does.
  template <typename Condition>
  bool eventually(Condition condition) {
    for (int turn = 0; turn < 1000 && !condition(); ++turn) {
      pollfd item{wakeup_.fd(), POLLIN, 0};
      poll(&item, 1, 20);
      wakeup_.clear();
    }
    return condition();
  }

  Log log_;
  Wakeup wakeup_;
};

TEST_F(WriterTest, PutsChunksInOrderWhateverOrderTheyComeIn) {
  Writer writer(sinks(), 4, wakeup_);
  for (const std::uint32_t chunk : {2u, 0u, 3u}) writer.put(chunk, counts_of(chunk));
  EXPECT_TRUE(eventually([&] { return writer.written() == 1; }));
  writer.put(1, counts_of(1));
  EXPECT_TRUE(eventually([&] { return writer.written() == 4; }));
  EXPECT_TRUE(writer.finish());
  EXPECT_EQ(log_.values, (std::vector<std::uint32_t>{0, 1, 2, 3}));
  EXPECT_TRUE(log_.is_finished);
}

TEST_F(WriterTest, AnErrorOfASinkIsTold) {
  Writer writer(sinks(1), 3, wakeup_);
  for (std::uint32_t chunk = 0; chunk < 3; ++chunk) writer.put(chunk, counts_of(chunk));
  EXPECT_TRUE(eventually([&] { return writer.error().has_value(); }));
  EXPECT_EQ(writer.error()->what, "disk full");
}

TEST_F(WriterTest, IsGoneAtOnceWhenChunksAreMissing) {
  {
    Writer writer(sinks(), 3, wakeup_);
    writer.put(1, counts_of(1));
  }
  EXPECT_FALSE(log_.is_finished);
}

}  // namespace
}  // namespace mandel
