// What a peer calls itself is printed: it must not steer the terminal or forge a line of the log.
#include "common/base/text.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Text, OfAPeerCanNotSpoilALog) {
  EXPECT_EQ(printable("a\n\x1b[31mb"), "a??[31mb");
  EXPECT_EQ(printable(std::string(10'000, 'x')).size(), 500u);
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
