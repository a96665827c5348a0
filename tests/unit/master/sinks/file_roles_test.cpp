// Two names of one file are one file, whatever they look like.
#include "master/sinks/file_roles.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

using Use = FileRole::Use;

class FileRoles : public testing::Test {
 protected:
  bool are_distinct(const std::string& left, const std::string& right,
                    Use of_right = Use::kWritten) const {
    return check_distinct(
               {{"--left", folder_.path(left)}, {"--right", folder_.path(right), of_right}})
        .has_value();
  }

  const TempFolder folder_;
};

TEST_F(FileRoles, AFileThatIsWrittenHasNoOther) {
  EXPECT_TRUE(are_distinct("a", "b"));
  EXPECT_FALSE(are_distinct("a", "a"));
  EXPECT_FALSE(are_distinct("a", "./a")) << "not there yet";
  write_bytes(folder_.path("a"), "");
  EXPECT_FALSE(are_distinct("a", "./a"));
  EXPECT_FALSE(are_distinct("a", "a", Use::kRead));
  EXPECT_FALSE(are_distinct("a", "a", Use::kStream));
}

TEST_F(FileRoles, LinksAreOtherNames) {
  std::filesystem::create_directory(folder_.path("f"));
  write_bytes(folder_.path("f/there"), "");
  std::filesystem::create_symlink("f/there", folder_.path("soft"));
  std::filesystem::create_symlink("f/later", folder_.path("dangling"));
  std::filesystem::create_symlink("f", folder_.path("folder"));
  std::filesystem::create_hard_link(folder_.path("f/there"), folder_.path("hard"));
  EXPECT_FALSE(are_distinct("f/there", "soft"));
  EXPECT_FALSE(are_distinct("f/later", "dangling"));
  EXPECT_FALSE(are_distinct("f/later", "folder/later"));
  EXPECT_FALSE(are_distinct("f/there", "hard"));
}

TEST_F(FileRoles, WhatIsOnlyReadMayBeReadTwice) {
  const std::string path = folder_.path("a");
  write_bytes(path, "");
  EXPECT_TRUE(check_distinct({{"--left", path, Use::kRead}, {"--right", path, Use::kRead}}));
  EXPECT_TRUE(check_distinct({{"--left", path, Use::kStream}, {"--right", path, Use::kStream}}));
}

TEST_F(FileRoles, DevicesAreNoFiles) {
  EXPECT_TRUE(check_distinct({{"--left", "/dev/null"}, {"--right", "/dev/null"}}));
}

}  // namespace
}  // namespace mandel
