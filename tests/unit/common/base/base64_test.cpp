#include "common/base/base64.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

// RFC 4648, section 10, and bytes that are no characters.
TEST(Base64, IsTheStandards) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  EXPECT_EQ(base64({"\0\xff\xfe", 3}), "AP/+");
}

TEST(Base64, OfMuchIsOneLine) {
  const std::string text = base64(std::string(100'000, 'x'));
  EXPECT_EQ(text.size(), 133'336u);
  EXPECT_EQ(text.find_first_of(std::string_view("\n\0", 2)), std::string::npos);
}

}  // namespace
}  // namespace mandel
