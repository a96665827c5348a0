// The report's folder has all of its files or, if one can't be written, none.
#include "master/sweep/report.h"

#include <gtest/gtest.h>

#include "tests/unit/master/sweep/made_sweep.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

Result<void> write_report(const std::string& folder, const Sweep& sweep) {
  const auto report = Report::open(folder);
  return report ? (*report)->write(sweep, nullptr) : fail(report.error().what);
}

TEST(SweepReport, MakesTheFolderAndAllItsFiles) {
  const TempFolder folder;
  const std::string target = folder.path("new/report");
  const Sweep sweep =
      made_sweep({{"desk1:5755", "simd", 2}, {"desk2:5755", "simd", 2}}, {1, 4, 16, 64, 256, 1024});
  for (int times = 0; times < 2; ++times) {  // and replaces them
    const auto written = write_report(target, sweep);
    ASSERT_TRUE(written) << written.error().what;
  }
  for (const char* name : {"sweep.csv", "sweep.json", "sweep.html", "wall.svg", "efficiency.svg",
                           "gantt.svg", "rows.svg"})
    EXPECT_GT(bytes_of(target + "/" + name).size(), 1000u) << name;
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(target), {}), 7);
}

TEST(SweepReport, AFolderThatCannotBeMadeIsNamed) {
  const TempFolder folder;
  write_bytes(folder.path("file"), "in the way");
  const auto written = write_report(folder.path("file/report"), tiny_sweep());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what,
            "--report: can't make the folder " + folder.path("file/report") + ": Not a directory");
}

TEST(SweepReport, WhenAFileCannotBeWrittenNoneAppears) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path("gantt.svg"));
  const auto written = write_report(folder.path(), tiny_sweep());
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what,
            "--report: can't write " + folder.path("gantt.svg") + ": Is a directory");
  EXPECT_EQ(folder.count(), 1);
}

TEST(SweepReport, ThatIsNotWrittenLeavesNothing) {
  const TempFolder folder;
  EXPECT_TRUE(Report::open(folder.path("new/report")));
  EXPECT_EQ(folder.count(), 0);
}

}  // namespace
}  // namespace mandel
