// Two masters must not write to one file.
#include "master/results/locked_file.h"

#include <array>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

using Missing = LockedFile::Missing;

std::span<const std::byte> bytes(const std::string& text) { return std::as_bytes(std::span(text)); }

TEST(LockedFile, IsWrittenAndReadAtAnyPlace) {
  const TempFolder folder;
  auto file = LockedFile::open(folder.path("a"), Missing::kCreate);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write(4, bytes("efgh")));
  EXPECT_TRUE(file->write(0, bytes("abcd")));
  EXPECT_EQ(file->size(), 8u);
  std::array<char, 4> part{};
  EXPECT_TRUE(file->read(2, std::as_writable_bytes(std::span(part))));
  EXPECT_EQ(std::string(part.begin(), part.end()), "cdef");
  const auto beyond = file->read(6, std::as_writable_bytes(std::span(part)));
  ASSERT_FALSE(beyond);
  EXPECT_NE(beyond.error().what.find("shorter"), std::string::npos);
}

TEST(LockedFile, IsForOneAtATime) {
  const TempFolder folder;
  {
    const auto first = LockedFile::open(folder.path("a"), Missing::kCreate);
    ASSERT_TRUE(first);
    const auto second = LockedFile::open(folder.path("a"), Missing::kFail);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().what.find("another mandel-master is at work"), std::string::npos);
  }
  EXPECT_TRUE(LockedFile::open(folder.path("a"), Missing::kFail));
}

TEST(LockedFile, SaysWhatCanNotBeOpened) {
  const TempFolder folder;
  EXPECT_FALSE(LockedFile::open(folder.path("missing"), Missing::kFail));
  EXPECT_FALSE(LockedFile::open(folder.path("no/folder"), Missing::kCreate));
  EXPECT_FALSE(LockedFile::open(folder.path(), Missing::kFail));
  ASSERT_EQ(mkfifo(folder.path("fifo").c_str(), 0600), 0);
  const auto fifo = LockedFile::open(folder.path("fifo"), Missing::kCreate);
  ASSERT_FALSE(fifo);
  EXPECT_NE(fifo.error().what.find("no regular file"), std::string::npos);
}

TEST(LockedFile, FollowsNoLink) {
  const TempFolder folder;
  std::ofstream(folder.path("theirs")) << "notes";
  std::filesystem::create_symlink("theirs", folder.path("soft"));
  std::filesystem::create_symlink("nowhere", folder.path("dangling"));
  std::filesystem::create_hard_link(folder.path("theirs"), folder.path("hard"));
  for (const char* name : {"soft", "dangling", "hard"})
    for (const Missing missing : {Missing::kCreate, Missing::kFail})
      EXPECT_FALSE(LockedFile::open(folder.path(name), missing)) << name;
  EXPECT_EQ(folder.count(), 4);
}

TEST(LockedFile, KnowsWhetherItsNameStillMeansIt) {
  const TempFolder folder;
  auto file = LockedFile::open(folder.path("a"), Missing::kCreate);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->is_new());
  EXPECT_TRUE(file->is_in_place());
  std::filesystem::rename(folder.path("a"), folder.path("b"));
  EXPECT_FALSE(file->is_in_place());
  std::ofstream(folder.path("a")) << "another";
  EXPECT_FALSE(file->is_in_place());
}

TEST(LockedFile, ThatDoesNotFitOnTheDiskIsRefusedBeforeItTakesAnything) {
  const TempFolder folder;
  auto file = LockedFile::open(folder.path("a"), Missing::kCreate);
  ASSERT_TRUE(file);
  const auto reserved = file->reserve(std::uint64_t{1} << 60);
  ASSERT_FALSE(reserved);
  EXPECT_NE(reserved.error().what.find("are free on that disk"), std::string::npos)
      << reserved.error().what;
  EXPECT_EQ(file->size(), 0u);
}

TEST(LockedFile, ATemporaryOneHasNoName) {
  const TempFolder folder;
  setenv("TMPDIR", folder.path().c_str(), 1);
  auto file = LockedFile::temporary();
  unsetenv("TMPDIR");
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write(0, bytes("abcd")));
  EXPECT_EQ(folder.count(), 0);
}

}  // namespace
}  // namespace mandel
