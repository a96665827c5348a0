// What a peer calls itself is printed: it must not steer the terminal or forge a line of the log.
#include "common/base/text.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Text, OfAPeerCanNotSpoilALog) {
  EXPECT_EQ(printable("a\n\x1b[31mb"), "a??[31mb");
  EXPECT_EQ(printable(std::string(10'000, 'x')).size(), 500u);
}

TEST(Text, KeepsTheLettersOfAllLanguages) {
  for (const char* name : {"büro-zwei", "рабочий", "机器", "μ😀"}) EXPECT_EQ(printable(name), name);
}

// A protobuf string that is not UTF-8 can't be read at the other end.
TEST(Text, IsUtf8AfterwardsWhateverItWas) {
  EXPECT_EQ(printable("b\xfcro"), "b?ro") << "Latin-1";
  EXPECT_EQ(printable("\xc0\xaf"), "??") << "longer than it has to be";
  EXPECT_EQ(printable("\xed\xa0\x80"), "???") << "half of a pair of UTF-16";
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????") << "beyond Unicode";
  EXPECT_EQ(printable("a\xe2\x82"), "a??") << "cut off";
  std::string long_one;
  for (int k = 0; k < 300; ++k) long_one += "ü";
  EXPECT_EQ(printable("x" + long_one).size(), 499u) << "cut between two characters";
}

TEST(Text, CanNeitherSteerATerminalNorTurnALineRound) {
  EXPECT_EQ(printable("\xc2\x9b"
                      "31m"),
            "??31m")
      << "C1: CSI in one character";
  EXPECT_EQ(printable("\x7f"), "?");
  for (const char* mark : {"\u202e", "\u2066", "\u200f", "\u061c", "\u2028", "\u200b", "\ufeff"})
    EXPECT_EQ(printable(mark), std::string(std::string_view(mark).size(), '?'));
}

TEST(ShellWord, IsQuotedWhereAShellWouldReadMoreIntoIt) {
  EXPECT_EQ(shell_word("/home/me/p_1.png.journal"), "/home/me/p_1.png.journal");
  EXPECT_EQ(shell_word("my picture"), "'my picture'");
  EXPECT_EQ(shell_word("it's; rm -rf $HOME"), "'it'\\''s; rm -rf $HOME'");
  EXPECT_EQ(shell_word("~/a"), "'~/a'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace mandel
