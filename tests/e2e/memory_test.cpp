// What the daemons take, keep and give back: a picture larger than the memory that the master may
// have, and pages that must not be touched anew for every chunk.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <unistd.h>

#include "process.h"

namespace mandel::e2e {
namespace {

constexpr std::uint64_t kAllowedBytes = std::uint64_t{512} << 20;

TEST(Memory, OfTheMasterIsBoundedWhateverTheSizeOfThePicture) {
  if (std::getenv("MANDEL_SANITIZED") != nullptr)
    GTEST_SKIP() << "a sanitizer's own memory would be measured";
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

std::uint64_t pages(std::uint64_t bytes) {
  return bytes / static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

TEST(Memory, IsKeptForTheNextChunkAndGivenBackInTheEnd) {
  if (std::getenv("MANDEL_SANITIZED") != nullptr) GTEST_SKIP() << "a sanitizer has its own malloc";
  Worker worker;
  // Chunks of 8 MB.
  constexpr std::uint64_t kRepeats = 5, kPictureBytes = 4000 * 4000 * 4;
  Process master({MANDEL_MASTER, "sweep", "--quiet", "--hosts", worker.address(), "--codec", "none",
                  "--size", "4000x4000", "--max-iter", "10", "--chunks", "8", "--repeat",
                  std::to_string(kRepeats)});
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_TRUE(eventually([&] {
    return 2 * memory_of(worker.process(), "VmRSS") < memory_of(worker.process(), "VmHWM");
  })) << memory_of(worker.process(), "VmRSS");
  worker.process().signal(SIGKILL);
  worker.process().wait();
  EXPECT_LT(master.page_faults(), pages(kRepeats * kPictureBytes) / 8);
  EXPECT_LT(worker.process().page_faults(), pages(kRepeats * kPictureBytes) / 8);
}

}  // namespace
}  // namespace mandel::e2e
