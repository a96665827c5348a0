// Small files are read whole or not at all, whoever writes them meanwhile.
#include "common/base/small_file.h"

#include <atomic>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

class SmallFile : public testing::Test {
 protected:
  // In place, as an editor that keeps the file does.
  void write(const std::string& contents) const { std::ofstream(path_) << contents; }

  const TempFolder folder_;
  const std::string path_ = folder_.path("file");
};

TEST_F(SmallFile, AMissingOneIsNoError) {
  const auto text = read_small_file(path_, 0);
  ASSERT_TRUE(text);
  EXPECT_FALSE(*text);
}

TEST_F(SmallFile, IsReadWhole) {
  for (const std::string& contents :
       {std::string(), std::string("a\n"), std::string(kSmallFileBytesMax, 'x')}) {
    write(contents);
    EXPECT_EQ(*read_small_file(path_, 0), contents);
  }
  write(std::string(kSmallFileBytesMax + 1, 'x'));
  EXPECT_FALSE(read_small_file(path_, 0));
}

TEST_F(SmallFile, IsNeverHalfOfOneAndHalfOfAnother) {
  const std::string one = "# nobody yet\n";
  const std::string other = "127.0.0.1:43521\n";
  write(one);
  std::atomic<bool> is_over = false;
  std::thread writer([&] {
    while (!is_over) {
      write(other);
      write(one);
    }
  });
  int readings = 0;
  for (int i = 0; i < 20000; ++i) {
    const auto text = read_small_file(path_, 0);
    if (!text) continue;
    ++readings;
    EXPECT_TRUE(**text == one || **text == other || (*text)->empty()) << **text;
  }
  is_over = true;
  writer.join();
  EXPECT_GT(readings, 10000);
}

}  // namespace
}  // namespace mandel
