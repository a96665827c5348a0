// A child that does what drivers have done.
#include "kernels/opencl/trial.h"

#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <stdexcept>
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

TEST(Trial, KeepsTheChildsOutputAway) {
  testing::internal::CaptureStdout();
  try_in_child([](const Say&) { EXPECT_EQ(write(STDOUT_FILENO, "driver 1.0\n", 11), 11); }, kLong);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
}

}  // namespace
}  // namespace mandel::opencl
