// How people write addresses; a wrong one is quoted back, since it comes from a long list.
#include "common/net/address.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

struct Good {
  const char* text;
  const char* host;
  std::uint16_t port;
  const char* endpoint;
};

class ParsesAddress : public testing::TestWithParam<Good> {};

TEST_P(ParsesAddress, IntoHostAndPort) {
  const auto address = parse_address(GetParam().text);
  ASSERT_TRUE(address) << address.error().what;
  EXPECT_EQ(address->host, GetParam().host);
  EXPECT_EQ(address->port, GetParam().port);
  EXPECT_EQ(address->endpoint(), GetParam().endpoint);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ParsesAddress,
    testing::Values(Good{"desk1", "desk1", 5755, "tcp://desk1:5755"},
                    Good{"desk1:80", "desk1", 80, "tcp://desk1:80"},
                    Good{"10.0.0.1:65535", "10.0.0.1", 65535, "tcp://10.0.0.1:65535"},
                    Good{"[::1]:7", "::1", 7, "tcp://[::1]:7"},
                    Good{"[fe80::1%eth0]", "fe80::1%eth0", 5755, "tcp://[fe80::1%eth0]:5755"},
                    Good{"::1", "::1", 5755, "tcp://[::1]:5755"}));

class RefusesAddress : public testing::TestWithParam<const char*> {};

TEST_P(RefusesAddress, AndQuotesIt) {
  const auto address = parse_address(GetParam());
  ASSERT_FALSE(address);
  EXPECT_NE(address.error().what.find('\''), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Forms, RefusesAddress,
                         testing::Values("", ":5755", "desk1:", "desk1:0", "desk1:65536",
                                         "desk1:-1", "desk1:1x", "[::1", "[::1]x", "a b", "tcp://x",
                                         "desk/1", "5755", ".", "_desk", "-x", "%a", "a:b:c",
                                         "desk1:80:81", "10.0.0.1:5755:x", "[desk1]:80", "[]",
                                         "[10.0.0.1]", "::g", "1:2:3:4:5:6:7:8:9"));

TEST(Address, PortZeroIsForListenersOnly) {
  EXPECT_FALSE(parse_address("127.0.0.1:0"));
  EXPECT_TRUE(parse_address("127.0.0.1:0", {.may_be_zero = true}));
}

TEST(Address, WithoutAPortTakesTheOneThatIsKnown) {
  for (const char* text : {"desk1", "::1", "[::1]", "[fe80::1%eth0]"}) {
    EXPECT_EQ(parse_address(text, {.default_port = 8755})->port, 8755) << text;
    EXPECT_FALSE(parse_address(text, {.default_port = {}})) << text;
  }
  EXPECT_EQ(parse_address("desk1:7", {.default_port = 8755})->port, 7);
  EXPECT_EQ(parse_address("desk1:7", {.default_port = {}})->port, 7);
  EXPECT_EQ(parse_address("desk1", {.default_port = {}}).error().what,
            "'desk1' lacks a port: give desk1:PORT");
  EXPECT_EQ(parse_address("::1", {.default_port = {}}).error().what,
            "'::1' lacks a port: give [::1]:PORT");
}

TEST(Address, KnowsLoopback) {
  EXPECT_TRUE(is_loopback({"127.0.0.1", 1}));
  EXPECT_TRUE(is_loopback({"127.8.0.1", 1}));
  EXPECT_TRUE(is_loopback({"::1", 1}));
  EXPECT_FALSE(is_loopback({"0.0.0.0", 1}));
  EXPECT_FALSE(is_loopback({"::", 1}));
  EXPECT_FALSE(is_loopback({"10.0.0.1", 1}));
}

TEST(Address, ShowsIPv4AsSuch) {
  EXPECT_EQ(unmapped("::ffff:10.0.0.7"), "10.0.0.7");
  for (const char* other : {"10.0.0.7", "::1", "::ffff:1", "fe80::1"})
    EXPECT_EQ(unmapped(other), other);
}

TEST(Address, KnowsNumbers) {
  for (const char* host : {"127.0.0.1", "::1", "fe80::1%eth0"})
    EXPECT_TRUE(is_numeric({host, 1})) << host;
  for (const char* host : {"localhost", "desk1", "1.2.3", "127.1"})
    EXPECT_FALSE(is_numeric({host, 1})) << host;
}

TEST(Address, LocalhostIsWhereWorkersListenFirst) {
  const auto numeric = resolve_all({"localhost", 7});
  ASSERT_TRUE(numeric);
  EXPECT_EQ(numeric->front().text(), "127.0.0.1:7");
}

}  // namespace
}  // namespace mandel
