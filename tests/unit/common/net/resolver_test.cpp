// Nobody waits for a name longer than he wants to, and no answer is lost.
#include "common/net/resolver.h"

#include <future>
#include <gtest/gtest.h>

namespace mandel {
namespace {

const Address kFirst = {"10.0.0.1", 1};

// Until `asked` is answered.
Resolver::Answer wait_for(Resolver& resolver, Resolver::Asked& asked) {
  for (Sleeper sleeper;;) {
    if (auto answer = asked.take()) return *std::move(answer);
    resolver.watch(sleeper);
    sleeper.sleep(20 * kSecond);  // longer than any news may take: nothing but news ends it
    resolver.clear();
  }
}

TEST(Resolver, ANumberIsAnsweredAtOnce) {
  Resolver resolver;
  auto asked = resolver.ask({"::1", 7});
  const auto answer = asked.take();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ(answer->value().front().text(), "[::1]:7");
  EXPECT_FALSE(asked.take()) << "an answer comes once";
}

TEST(Resolver, ANameIsLookedUp) {
  Resolver resolver;
  auto asked = resolver.ask(Address{"localhost", 7});
  const auto answer = wait_for(resolver, asked);
  ASSERT_TRUE(answer) << answer.error().what;
  EXPECT_EQ(answer->front().text(), "127.0.0.1:7");
}

TEST(Resolver, OneThatIsSlowKeepsNobodyElseWaiting) {
  std::promise<void> release;
  Resolver resolver;
  auto slow = resolver.ask([done = release.get_future().share()]() -> Resolver::Answer {
    done.wait();
    return std::vector{kFirst};
  });
  for (int k = 0; k < 200; ++k) {
    auto quick = resolver.ask([]() -> Resolver::Answer { return fail("no such name"); });
    EXPECT_EQ(wait_for(resolver, quick).error().what, "no such name");
  }
  EXPECT_FALSE(slow.take());
  release.set_value();
  EXPECT_EQ(wait_for(resolver, slow)->front(), kFirst);
}

TEST(Resolver, ManyQuestionsAreAllAnswered) {
  Resolver resolver;
  std::vector<Resolver::Asked> all;
  for (std::uint16_t k = 1; k <= 500; ++k)
    all.push_back(resolver.ask([k]() -> Resolver::Answer { return std::vector{Address{"a", k}}; }));
  for (std::uint16_t k = 1; k <= 500; ++k)
    EXPECT_EQ(wait_for(resolver, all[k - 1u])->front().port, k);
}

TEST(Resolver, OneThatIsLeftBehindHoldsNobodyUp) {
  std::promise<void> release;
  {
    Resolver resolver;
    (void)resolver.ask([done = release.get_future().share()]() -> Resolver::Answer {
      done.wait();
      return fail("too late");
    });
  }
  release.set_value();
}

TEST(Resolver, WhoHasToKnowMayWait) { EXPECT_EQ(resolve({"localhost", 7})->host, "127.0.0.1"); }

}  // namespace
}  // namespace mandel
