// A poster's folder: what is whole stays, what is not ours is left alone.
#include "master/sinks/poster_folder.h"

#include <gtest/gtest.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

const std::string kHash(32, 'a');
const std::string kOtherHash(32, 'b');
constexpr const char* kMarker = "mandel-poster.txt";

class PosterFolderTest : public testing::Test {
 protected:
  Result<PosterFolder> open(const std::string& identity = "one") const {
    return PosterFolder::open(paths_, identity, Pyramid({600, 300}));  // two rows of three tiles
  }
  static void write_row(PosterFolder& folder, std::uint32_t row, const std::string& text) {
    for (std::uint32_t column = 0; column < 3; ++column)
      write_bytes(folder.tile(10, column, row), text);
    ASSERT_TRUE(folder.add_row(10, row, 3 * text.size(), kHash));
  }
  // As a master that is killed leaves it.
  void leave_row() const {
    auto folder = open();
    ASSERT_TRUE(folder) << folder.error().what;
    write_row(*folder, 0, "tile");
    folder->stop(true);
  }

  const TempFolder folder_;
  const PosterPaths paths_ = poster_paths(folder_.path("p.dzi"));
};

TEST_F(PosterFolderTest, IsNamedAsViewersExpect) {
  EXPECT_EQ(paths_.folder, folder_.path("p_files"));
  EXPECT_EQ(paths_.viewer, folder_.path("index.html"));
  fs::create_directory(folder_.path("disk"));
  fs::create_symlink("disk/a.b.DZI", folder_.path("link.dzi"));
  EXPECT_EQ(poster_paths(folder_.path("link.dzi")).part, folder_.path("disk/a.b_files.part"));
}

TEST_F(PosterFolderTest, WhatIsNotFinishedGoes) {
  {
    auto folder = open();
    ASSERT_TRUE(folder);
    write_row(*folder, 0, "tile");
  }
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(PosterFolderTest, WhatIsFinishedReplacesTheOlderOne) {
  for (const char* text : {"old", "new"}) {
    auto folder = open(text);
    ASSERT_TRUE(folder);
    write_row(*folder, 0, text);
    if (std::string(text) == "new") fs::remove(folder->tile(10, 2, 0));
    ASSERT_TRUE(folder->complete());
  }
  EXPECT_EQ(bytes_of(folder_.path("p_files/10/0_0.png")), "new");
  EXPECT_FALSE(folder_.has("p_files/10/2_0.png")) << "the old one's";
  EXPECT_EQ(bytes_of(folder_.path("p_files/mandel-poster.txt")).find(kHash), std::string::npos);
  EXPECT_EQ(folder_.count(), 1);
}

TEST_F(PosterFolderTest, ARowThatIsThereIsKnownByItsPixels) {
  leave_row();
  EXPECT_EQ(PosterFolder::bytes_in_part(paths_), 12u);
  auto folder = open();
  ASSERT_TRUE(folder);
  EXPECT_TRUE(folder->has_row(10, 0, kHash));
  EXPECT_FALSE(folder->has_row(10, 0, kOtherHash));
  EXPECT_FALSE(folder->has_row(10, 1, kHash));
  write_bytes(folder->tile(10, 1, 0), "");
  EXPECT_FALSE(folder->has_row(10, 0, kHash)) << "a file is cut off";
  fs::remove(folder->tile(10, 1, 0));
  EXPECT_FALSE(folder->has_row(10, 0, kHash)) << "a file is gone";
}

TEST_F(PosterFolderTest, ATornLineIsNoRow) {
  leave_row();
  const std::string marker = paths_.part + "/" + kMarker;
  fs::resize_file(marker, fs::file_size(marker) - 2);
  {
    auto folder = open();
    ASSERT_TRUE(folder);
    EXPECT_FALSE(folder->has_row(10, 0, kHash));
    write_row(*folder, 0, "tile");
    folder->stop(true);
  }
  EXPECT_TRUE(open()->has_row(10, 0, kHash)) << "the line after a torn one";
}

TEST_F(PosterFolderTest, OfAnotherIdentityItBeginsAnew) {
  leave_row();
  auto folder = open("two");
  ASSERT_TRUE(folder);
  EXPECT_FALSE(folder->has_row(10, 0, kHash));
  EXPECT_FALSE(fs::exists(folder->tile(10, 0, 0)));
}

TEST_F(PosterFolderTest, WhatWasFoundStaysUntilSomebodySaysOtherwise) {
  leave_row();
  {
    const auto folder = open();
  }
  EXPECT_TRUE(folder_.has("p_files.part"));
  open()->stop(false);
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(PosterFolderTest, OnlyOneMakesIt) {
  const auto first = open();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("another mandel-master"), std::string::npos);
  EXPECT_TRUE(folder_.has("p_files.part"));
}

TEST_F(PosterFolderTest, WhatIsNotOursIsLeftAlone) {
  for (const std::string& name : {paths_.folder, paths_.part}) {
    fs::create_directory(name);
    write_bytes(name + "/mine", "notes");
    EXPECT_FALSE(open()) << name;
    write_bytes(name + "/" + kMarker, "another program's");
    EXPECT_FALSE(PosterFolder::check(paths_)) << name;
    EXPECT_EQ(bytes_of(name + "/mine"), "notes");
    fs::remove_all(name);
    write_bytes(name, "a file");
    EXPECT_FALSE(open()) << name;
    fs::remove(name);
    fs::create_directory_symlink(folder_.path(), name);
    EXPECT_FALSE(open()) << name;
    fs::remove(name);
  }
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(PosterFolderTest, AnEmptyFolderIsNobodys) {
  for (const std::string& name : {paths_.folder, paths_.part}) fs::create_directory(name);
  auto folder = open();
  ASSERT_TRUE(folder);
  ASSERT_TRUE(folder->complete());
  EXPECT_TRUE(folder_.has("p_files/mandel-poster.txt"));
  EXPECT_EQ(folder_.count(), 1);
}

}  // namespace
}  // namespace mandel
