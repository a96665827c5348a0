// Lists of trusted keys: what their lines mean, and that changes are noticed.
#include "common/keys/trust_list.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "common/keys/keys.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

const std::string kFirstKey = make_key_pair("").public_key;
const std::string kSecondKey = make_key_pair("").public_key;

TEST(TrustList, HasKeysWithAndWithoutAnAddress) {
  const TrustList list = parse_trust_list(kFirstKey + " desk1 27b1-90ee\n" +  //
                                          "\n# a remark\n#another\n" +        //
                                          "  desk2:5756\t" + kSecondKey + "  desk2\n");
  EXPECT_TRUE(list.problems.empty());
  ASSERT_EQ(list.entries.size(), 2u);
  EXPECT_TRUE(list.has(kFirstKey));
  EXPECT_TRUE(list.has(kSecondKey));
  EXPECT_FALSE(list.has(make_key_pair("").public_key));
  ASSERT_NE(list.key_at({"desk2", 5756}), nullptr);
  EXPECT_EQ(*list.key_at({"desk2", 5756}), kSecondKey);
  EXPECT_EQ(list.key_at({"desk2", 5755}), nullptr);
  EXPECT_EQ(list.key_at({"desk1", 5755}), nullptr);
}

TEST(TrustList, AnAddressWithoutAPortHasTheUsualOne) {
  const TrustList list = parse_trust_list("desk1 " + kFirstKey);
  ASSERT_NE(list.key_at({"desk1", kDefaultPort}), nullptr);
}

TEST(TrustList, OfTwoLinesForAnAddressTheLastHolds) {
  const TrustList list = parse_trust_list("desk1 " + kFirstKey + "\ndesk1 " + kSecondKey);
  EXPECT_EQ(*list.key_at({"desk1", kDefaultPort}), kSecondKey);
}

TEST(TrustList, AnOnlyLineWithoutAnAddressIsOfWhomeverIsMeant) {
  const std::string elsewhere = "desk1 " + kSecondKey + "\n";
  EXPECT_EQ(parse_trust_list(elsewhere).only_key(), nullptr);
  const TrustList one = parse_trust_list(elsewhere + kFirstKey);
  ASSERT_NE(one.only_key(), nullptr);
  EXPECT_EQ(*one.only_key(), kFirstKey);
  EXPECT_EQ(parse_trust_list(kFirstKey + "\n" + kSecondKey).only_key(), nullptr);
}

TEST(TrustList, ALineThatMakesNoSenseIsNamedAndKeepsNobodyElseOut) {
  const TrustList list = parse_trust_list(kFirstKey.substr(1) + " cut short\n" +  //
                                          kFirstKey + "\n" +                      //
                                          "desk 1 " + kSecondKey + "\n" +         //
                                          "bad address! " + kSecondKey);
  EXPECT_EQ(list.entries.size(), 1u);
  EXPECT_TRUE(list.has(kFirstKey));
  ASSERT_EQ(list.problems.size(), 3u);
  EXPECT_TRUE(list.problems[0].starts_with("line 1: ")) << list.problems[0];
  EXPECT_TRUE(list.problems[1].starts_with("line 3: ")) << list.problems[1];
}

TEST(TrustList, NoKeyBeginsLikeARemark) {
  EXPECT_FALSE(is_key("#" + std::string(kKeyLength - 1, '0')));
}

class TrustFileTest : public testing::Test {
 protected:
  const TempFolder folder_;
  const std::string path_ = folder_.path("authorized_masters");
};

TEST_F(TrustFileTest, MissingItTrustsNobodyAndIsNoProblem) {
  TrustFile file(path_);
  EXPECT_TRUE(file.list().entries.empty());
  EXPECT_TRUE(file.list().problems.empty());
  EXPECT_FALSE(file.refresh());
}

TEST_F(TrustFileTest, ChangesAreNoticed) {
  TrustFile file(path_);
  write_bytes(path_, kFirstKey + "\n");
  EXPECT_TRUE(file.refresh());
  EXPECT_TRUE(file.list().has(kFirstKey));
  EXPECT_FALSE(file.refresh());
  write_bytes(path_, kSecondKey + "\n" + kFirstKey + "\n");
  EXPECT_TRUE(file.refresh());
  EXPECT_TRUE(file.list().has(kSecondKey));
  std::filesystem::remove(path_);
  EXPECT_TRUE(file.refresh());
  EXPECT_FALSE(file.list().has(kFirstKey));
}

// As editors save, and with the same length: only the file is another.
TEST_F(TrustFileTest, ASuccessorOfTheSameSizeIsNoticed) {
  write_bytes(path_, kFirstKey);
  TrustFile file(path_);
  write_bytes(path_ + ".new", kSecondKey);
  std::filesystem::rename(path_ + ".new", path_);
  EXPECT_TRUE(file.refresh());
  EXPECT_TRUE(file.list().has(kSecondKey));
  EXPECT_FALSE(file.list().has(kFirstKey));
}

TEST_F(TrustFileTest, WhatOthersCanWriteTrustsNobody) {
  write_bytes(path_, kFirstKey);
  for (const mode_t mode : {0666, 0622, 0664}) {
    chmod(path_.c_str(), mode);
    const TrustFile file(path_);
    EXPECT_FALSE(file.list().has(kFirstKey)) << mode;
    ASSERT_EQ(file.list().problems.size(), 1u);
    EXPECT_NE(file.list().problems[0].find("chmod go-w " + path_), std::string::npos);
  }
  chmod(path_.c_str(), 0644);
  EXPECT_TRUE(TrustFile(path_).list().has(kFirstKey));
}

TEST_F(TrustFileTest, WhatIsTooLargeTrustsNobody) {
  write_bytes(path_, kFirstKey + "\n" + std::string(kSmallFileBytesMax, '\n'));
  EXPECT_FALSE(TrustFile(path_).list().has(kFirstKey));
}

}  // namespace
}  // namespace mandel
