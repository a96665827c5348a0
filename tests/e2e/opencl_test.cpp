// OpenCL as its users meet it: none, a driver that dies in its compiler, and one that works.
#include <filesystem>
#include <gtest/gtest.h>

#include "shell.h"

namespace mandel::e2e {
namespace {

// With the library of fake_opencl.cpp in place of the system's.
ShellRun with_driver(const std::string& that, const std::string& command) {
  return shell(
      fmt::format("FAKE_OPENCL='{}' LD_LIBRARY_PATH={} {}", that, MANDEL_FAKE_OPENCL, command));
}

TEST(OpenClDriver, IsNotUsedWhereItsDriverDies) {
  const std::pair<const char*, const char*> deaths[] = {
      {"dies", "the OpenCL driver died (signal 11) while it compiled the kernels"},
      {"aborts", "the OpenCL driver died (signal 6) while it compiled the kernels"},
      {"exits", "the OpenCL driver ended the process (exit status 5) while it compiled"},
      {"dies when asked", "the OpenCL driver died (signal 11) while it was asked for its devices"},
      {"refuses", "OpenCL could not compile the kernels [kernels.cl:1:1: no such thing]"},
      {"has no double", "Fake GPU is not used: it has no double precision"},
  };
  for (const auto& [that, sentence] : deaths) {
    const ShellRun run = with_driver(that, "$w --listen 127.0.0.1:0 --kernel opencl");
    EXPECT_EQ(run.status, 2) << that;
    EXPECT_NE(run.err.find(sentence), std::string::npos) << run.err;
  }
}

TEST(OpenClDriver, LeavesTheOtherKernelsAloneWhenItsDriverDies) {
  const ShellRun run = with_driver("dies", "$w --list-kernels");
  EXPECT_EQ(run.status, 0);
  EXPECT_NE(run.out.find("Fake GPU is not used: the OpenCL driver died (signal 11)"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("scalar                cpu    exact-f64  passed"), std::string::npos)
      << run.out;
}

// `auto` takes no CPU's driver, and looks for none where there is no GPU.
TEST(OpenClDriver, IsNotLookedForByAuto) {
  if (std::filesystem::exists("/dev/dri")) GTEST_SKIP() << "there is a GPU here";
  const ShellRun run = with_driver("dies", "$m --threads 1 --expect-sum 1148485");
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.err.find("OpenCL"), std::string::npos) << run.err;
  const ShellRun refused = with_driver("dies", "$w --listen 127.0.0.1:0 --require-gpu");
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("opencl: no GPU's device file is here"), std::string::npos)
      << refused.err;
}

TEST(OpenClDriver, IsMissedWithASentence) {
  const ShellRun run =
      shell("OCL_ICD_VENDORS=/nonexistent $w --listen 127.0.0.1:0 --kernel opencl");
  EXPECT_EQ(run.status, 2);
  EXPECT_TRUE(run.err.find("no OpenCL driver here offers a device") != std::string::npos ||
              run.err.find("OpenCL's loader can't be used") != std::string::npos)
      << run.err;
}

TEST(OpenClDriver, ComputesTheTutorialsPicture) {
  const ShellRun run = shell("$m --kernel opencl --expect-sum 1148485");
  if (run.status == 2 && run.err.find("this machine can't run it") != std::string::npos)
    GTEST_SKIP() << run.err;
  EXPECT_EQ(run.status, 0) << run.err;
}

}  // namespace
}  // namespace mandel::e2e
