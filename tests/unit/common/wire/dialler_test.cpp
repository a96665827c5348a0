// A peer is tried at every address that is known of it, and in every way that may be right.
#include "common/wire/dialler.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr Nanoseconds kLong = 20 * kSecond;  // than any news may take: nothing but news ends it

class DiallerTest : public testing::Test {
 protected:
  DiallerTest() : listener_(*ListenLink::bind(context_, "tcp://127.0.0.1:*", WorkerSide{100})) {}

  // Nobody listens there: the port is bound, but to another address.
  Address closed() const { return {"127.0.0.2", listener_.address()->port}; }
  Dialler dialler(const Address& name, Dialler::Config config = {.side = MasterSide{1000}}) {
    return {context_, resolver_, name, std::move(config)};
  }
  static std::optional<LinkEnd> end_of(DialLink& link) {
    for (Sleeper sleeper;;) {
      if (const auto end = link.ended()) return end;
      link.watch(sleeper);
      sleeper.sleep(kLong);
    }
  }
  // Does the next link lead to the listener?
  bool reaches(Dialler& dialler) {
    auto link = *dialler.dial();
    link->send(goodbye_message());
    for (Sleeper sleeper;;) {
      if (listener_.receive()) return true;
      if (const auto end = link->ended()) {
        dialler.explain(*end);
        return false;
      }
      link->watch(sleeper);
      listener_.watch(sleeper);
      sleeper.sleep(kLong);
    }
  }

  zmq::context_t context_;
  ListenLink listener_;
  Resolver resolver_;
};

TEST_F(DiallerTest, ANumberIsDialledAtOnce) {
  auto dialler = this->dialler(*listener_.address());
  EXPECT_TRUE(reaches(dialler));
  EXPECT_EQ(dialler.peer().numeric, *listener_.address());
}

TEST_F(DiallerTest, OtherNamesAreDialledInTurns) {
  auto dialler = this->dialler(closed());
  ASSERT_TRUE(dialler.also_dial({*listener_.address()}));
  EXPECT_FALSE(reaches(dialler));
  EXPECT_TRUE(reaches(dialler));
  EXPECT_FALSE(reaches(dialler));
  ASSERT_TRUE(dialler.also_dial({}));
  EXPECT_EQ((*dialler.dial(), dialler.peer().numeric), closed());
}

TEST_F(DiallerTest, ANameIsWaitedForAndThatIsSaid) {
  auto dialler = this->dialler({"localhost", listener_.address()->port});
  while (!*dialler.dial()) {
    EXPECT_NE(dialler.waits_for().find("'localhost' is still being looked up"), std::string::npos);
    Sleeper sleeper;
    resolver_.watch(sleeper);
    sleeper.sleep(kLong);
    resolver_.clear();
  }
  EXPECT_EQ(dialler.waits_for(), "");
  EXPECT_EQ(dialler.peer().numeric, *listener_.address());
}

// On this machine either is right. That one of them was not is told only when the other is not,
// too.
TEST_F(DiallerTest, TheOtherWayIsTriedAtTheSameAddressAndWithoutAWord) {
  const KeyPair own = make_key_pair("own");
  const Curve curve{own, make_key_pair("peer").public_key};
  auto dialler = this->dialler(
      *listener_.address(), {.side = MasterSide{1000}, .security = [&](const auto&, const auto&) {
                               return Result<Security>(Security{curve, true});
                             }});
  ASSERT_TRUE(*dialler.dial());
  EXPECT_EQ(dialler.peer().key, "");
  EXPECT_EQ(dialler.explain(LinkEnd::kUnlike), "");
  EXPECT_TRUE(dialler.has_more());
  ASSERT_TRUE(*dialler.dial());
  EXPECT_EQ(dialler.peer().key, curve.peer);
  EXPECT_NE(dialler.explain(LinkEnd::kUnlike), "");
}

TEST_F(DiallerTest, WhereKeysAreAMustThatTheyDifferIsSaidAtOnce) {
  const Curve curve{make_key_pair("own"), make_key_pair("peer").public_key};
  auto dialler = this->dialler(
      *listener_.address(), {.side = MasterSide{1000}, .security = [&](const auto&, const auto&) {
                               return Result<Security>(Security{curve, false});
                             }});
  const auto link = *dialler.dial();
  ASSERT_TRUE(link);
  EXPECT_EQ(end_of(*link), LinkEnd::kUnlike);
  EXPECT_NE(dialler.explain(LinkEnd::kUnlike).find("without keys"), std::string::npos);
}

}  // namespace
}  // namespace mandel
