// A child that does what drivers have done.
#include "kernels/opencl/trial.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <mutex>
#include <stdexcept>
#include <sys/ioctl.h>
#include <thread>
#include <unistd.h>

namespace mandel::opencl {
namespace {

using Words = std::vector<std::string>;
constexpr std::chrono::seconds kLong{60};

TEST(Trial, TellsWhatTheChildSaid) {
  const Trial trial = try_in_child(
      [](const Say& say) {
        say("one");
        say("two and a half");
      },
      kLong);
  EXPECT_EQ(trial.said, (Words{"one", "two and a half"}));
  EXPECT_EQ(trial.death, "");
}

TEST(Trial, TellsHowTheChildDied) {
  const auto death = [](auto die) {
    const Trial trial = try_in_child(
        [=](const Say& say) {
          say("compiles");
          die();
        },
        kLong);
    EXPECT_EQ(trial.said, Words{"compiles"});
    return trial.death;
  };
  EXPECT_EQ(death([] { raise(SIGSEGV); }), "died (signal 11)");
  EXPECT_EQ(death([] { std::abort(); }), "died (signal 6)");
  EXPECT_EQ(death([] { _exit(3); }), "ended the process (exit status 3)");
  EXPECT_EQ(death([] { throw std::runtime_error("what nobody catches"); }),
            "ended the process (exit status 1)");
}

TEST(Trial, EndsAChildThatHangs) {
  const Trial trial = try_in_child(
      [](const Say& say) {
        say("compiles");
        for (;;) pause();
      },
      std::chrono::seconds{1});
  EXPECT_EQ(trial.said, Words{"compiles"});
  EXPECT_EQ(trial.death, "hung (for 1 s)");
}

// Children that were forked, as they say themselves.
class Forks {
 public:
  Forks() { EXPECT_EQ(pipe(ends_), 0); }
  ~Forks() {
    close(ends_[0]);
    close(ends_[1]);
  }
  int so_far() const {
    int bytes = 0;
    EXPECT_EQ(ioctl(ends_[0], FIONREAD, &bytes), 0);
    return bytes;
  }
  void add() { EXPECT_EQ(write(ends_[1], "!", 1), 1); }

 private:
  int ends_[2];
};

constexpr std::chrono::seconds kSleepMax{1};

// As when the fork caught another thread with a lock.
TEST(Trial, ForksAnewAfterAChildThatSleeps) {
  Forks forks;
  std::mutex mutex;
  mutex.lock();
  const Trial trial = try_in_child(
      [&](const Say& say) {
        forks.add();
        say("compiles");
        if (forks.so_far() == 1) mutex.lock();
        say("runs");
      },
      kLong, kSleepMax);
  EXPECT_EQ(trial.said, (Words{"compiles", "runs"}));
  EXPECT_EQ(trial.death, "");
  EXPECT_EQ(forks.so_far(), 2);
}

TEST(Trial, LeavesTheLastForkItsSleep) {
  Forks forks;
  const Trial trial = try_in_child(
      [&](const Say& say) {
        forks.add();
        std::this_thread::sleep_for(2 * kSleepMax);
        say("compiled by another process");
      },
      kLong, kSleepMax);
  EXPECT_EQ(trial.said, Words{"compiled by another process"});
  EXPECT_EQ(forks.so_far(), kForks);
}

TEST(Trial, LeavesAChildThatComputesItsTime) {
  Forks forks;
  const Trial trial = try_in_child(
      [&](const Say& say) {
        forks.add();
        const auto until = std::chrono::steady_clock::now() + 2 * kSleepMax;
        while (std::chrono::steady_clock::now() < until) {
        }
        say("compiled");
      },
      kLong, kSleepMax);
  EXPECT_EQ(trial.said, Words{"compiled"});
  EXPECT_EQ(forks.so_far(), 1);
}

TEST(Trial, KeepsTheChildsOutputAway) {
  testing::internal::CaptureStdout();
  try_in_child([](const Say&) { EXPECT_EQ(write(STDOUT_FILENO, "driver 1.0\n", 11), 11); }, kLong);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace mandel::opencl
