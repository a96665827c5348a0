// What a peer calls itself is printed: it must not steer the terminal or forge a line of the log.
#include "common/base/text.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Text, OfAPeerCanNotSpoilALog) {
  EXPECT_EQ(printable("a\n\x1b[31mb"), "a??[31mb");
  EXPECT_EQ(printable(std::string(10'000, 'x')).size(), 500u);
}

}  // namespace
}  // namespace mandel
