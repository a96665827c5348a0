// Key pairs and their files.
#include "common/keys/keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

class Keys : public testing::Test {
 protected:
  const TempFolder folder_;
  const std::string path_ = folder_.path("id");
};

TEST_F(Keys, ComeBackFromTheirFile) {
  const KeyPair pair = make_key_pair("desk1");
  EXPECT_TRUE(is_key(pair.public_key));
  EXPECT_NE(pair.public_key, make_key_pair("desk1").public_key);
  ASSERT_TRUE(write_key_pair(path_, pair, "a remark"));
  const auto read = read_key_pair(path_);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->public_key, pair.public_key) << "it is computed from the secret one";
  EXPECT_EQ(read->secret_key, pair.secret_key);
  EXPECT_EQ(read->name, "desk1");
}

TEST_F(Keys, OnlyTheOwnerCanReadAPrivateFile) {
  ASSERT_TRUE(write_key_pair(path_, make_key_pair("desk1"), ""));
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0600u);
  for (const mode_t mode : {0640, 0604, 0620, 0610}) {
    chmod(path_.c_str(), mode);
    const auto read = read_key_pair(path_);
    ASSERT_FALSE(read) << mode;
    EXPECT_NE(read.error().what.find("chmod 600 " + path_), std::string::npos) << read.error().what;
  }
  chmod(path_.c_str(), 0400);
  EXPECT_TRUE(read_key_pair(path_));
}

TEST_F(Keys, AFileThatIsThereIsNotWrittenOver) {
  const KeyPair first = make_key_pair("first");
  ASSERT_TRUE(write_key_pair(path_, first, ""));
  EXPECT_FALSE(write_key_pair(path_, make_key_pair("second"), ""));
  EXPECT_EQ(read_key_pair(path_)->secret_key, first.secret_key);
}

TEST_F(Keys, WhatIsNoKeyFileIsAnError) {
  EXPECT_FALSE(read_key_pair(path_)) << "missing";
  const std::string key = make_key_pair("").secret_key;
  for (const std::string& text :
       {std::string(), std::string("secret"), "secret " + key.substr(1) + " short",
        "secret " + key + "x long", key + " without the word", std::string(2 << 20, '#')}) {
    write_bytes(path_, text);
    chmod(path_.c_str(), 0600);
    EXPECT_FALSE(read_key_pair(path_)) << text.substr(0, 60);
  }
  EXPECT_FALSE(read_key_pair(folder_.path())) << "a folder";
}

TEST(KeyText, IsZ85OfTheRightLength) {
  EXPECT_TRUE(is_key(std::string(kKeyLength, '0')));
  EXPECT_FALSE(is_key(std::string(kKeyLength - 1, '0')));
  EXPECT_FALSE(is_key(std::string(kKeyLength, '~'))) << "not in Z85's alphabet";
  EXPECT_FALSE(is_key(std::string(kKeyLength, '\0')));
  EXPECT_FALSE(is_key(std::string(kKeyLength, '\xff')));
}

// printf 0000000000000000000000000000000000000000 | sha256sum
TEST(KeyText, ItsFingerprintIsTheBeginningOfItsSha256) {
  EXPECT_EQ(short_fingerprint(std::string(kKeyLength, '0')), "9692-e67b-8378-a6f6-753f");
}

}  // namespace
}  // namespace mandel
