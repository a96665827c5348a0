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

TEST(Base64, ComesBack) {
  for (const std::string& bytes : {std::string(), std::string("f"), std::string("fo"),
                                   std::string("foo"), std::string("\0\xff\0", 3)})
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
}

TEST(Base64, IsNothingElse) {
  for (const char* text : {"Z", "Zg", "Zg=", "Zh==", "Zg== ", " Zg==", "Zg-=", "====", "=",
                           "Z===", "A=BC", "Zg==Zg==", "Zm9v\n", "Zm\n9", "\xff\xff\xff\xff"})
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
}

}  // namespace
}  // namespace mandel
