// A picture larger than the memory that the master may have.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>

#include "process.h"

namespace mandel::e2e {
namespace {

constexpr std::uint64_t kAllowedBytes = std::uint64_t{512} << 20;

TEST(Memory, OfTheMasterIsBoundedWhateverTheSizeOfThePicture) {
  if (std::getenv("MANDEL_SANITIZED") != nullptr) GTEST_SKIP() << "a sanitizer's own memory would be measured";
  const TempDir dir;
  if (std::filesystem::space(dir.path("")).available < std::uintmax_t{2} << 30)
    GTEST_SKIP() << "not enough room on the disk";
  const Worker worker;
  // 784 MB of counts; the second output is fed in the order of rows.
  Process master(
      master_command({"--size", "14000x14000", "--max-iter", "50", "--hosts", worker.address(),
                      "--output", dir.path("p.raw"), "--output", dir.path("p.pgm"), "--quiet"}));
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_EQ(std::filesystem::file_size(dir.path("p.raw")), 14000u * 14000u * 4u);
  EXPECT_LT(master.peak_bytes(), kAllowedBytes);
}

}  // namespace
}  // namespace mandel::e2e
