// What listens on a port is told by its first bytes, so that doctor can name it.
#include "common/net/zmtp_probe.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

std::string zmtp(const std::string& mechanism, char major = 3) {
  std::string bytes = "\xff";
  bytes.append(8, '\0').append("\x7f").append(1, major).append(1, '\1').append(mechanism);
  bytes.resize(kGreetingBytes);
  return bytes;
}

TEST(Greeting, SaysWhichMechanismIsSpoken) {
  const Greeting plain = greeting_of({zmtp("NULL"), false});
  EXPECT_EQ(plain.kind, Greeting::Kind::kZmtp);
  EXPECT_EQ(plain.text, "NULL");
  EXPECT_EQ(greeting_of({zmtp("CURVE"), true}).text, "CURVE");
  EXPECT_EQ(greeting_of({zmtp(std::string(52, 'x')), false}).text.size(), 20u);
}

TEST(Greeting, TellsSilenceFromHangingUp) {
  EXPECT_EQ(greeting_of({"", false}).kind, Greeting::Kind::kSilent);
  EXPECT_EQ(greeting_of({"", true}).kind, Greeting::Kind::kHungUp);
}

TEST(Greeting, QuotesTheFirstLineOfWhateverElse) {
  const Greeting web = greeting_of({"HTTP/1.1 400 Bad Request\r\nServer: x\r\n", true});
  EXPECT_EQ(web.kind, Greeting::Kind::kForeign);
  EXPECT_EQ(web.text, "HTTP/1.1 400 Bad Request");
  EXPECT_EQ(greeting_of({"\x1b[2J", false}).text, "?[2J");
}

TEST(Greeting, TakesNothingElseForZmtp3) {
  EXPECT_EQ(greeting_of({zmtp("NULL").substr(0, 63), false}).kind, Greeting::Kind::kForeign);
  EXPECT_EQ(greeting_of({zmtp("NULL", 1), false}).kind, Greeting::Kind::kForeign);
  std::string spoilt = zmtp("NULL");
  spoilt[9] = '\0';
  EXPECT_EQ(greeting_of({spoilt, false}).kind, Greeting::Kind::kForeign);
}

}  // namespace
}  // namespace mandel
