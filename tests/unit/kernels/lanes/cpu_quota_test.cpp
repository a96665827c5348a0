// A container with half a CPU gets one lane, not one for each CPU of its machine.
#include "kernels/lanes/cpu_quota.h"

#include <gtest/gtest.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

class CpuQuota : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) const {
    const std::filesystem::path file = folder_.path(path);
    std::filesystem::create_directories(file.parent_path());
    write_bytes(file, text);
  }
  std::optional<double> quota() const { return cpu_quota(folder_.path()); }

  const TempFolder folder_;
};

TEST_F(CpuQuota, IsNoneWhereNothingIsMounted) {
  EXPECT_FALSE(quota());
  write("proc/self/mountinfo", "22 1 254:0 / / rw - ext4 /dev/vda rw\n");
  write("proc/self/cgroup", "0::/\n");
  EXPECT_FALSE(quota());
}

TEST_F(CpuQuota, OfVersionTwoIsTheLeastOnTheWayUp) {
  write("proc/self/mountinfo", "30 22 0:27 / /sys/fs/cgroup rw,relatime - cgroup2 cgroup2 rw\n");
  write("proc/self/cgroup", "0::/lab.slice/mandel.service\n");
  write("sys/fs/cgroup/lab.slice/mandel.service/cpu.max", "max 100000\n");
  EXPECT_FALSE(quota());
  write("sys/fs/cgroup/lab.slice/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 1.5);
  write("sys/fs/cgroup/lab.slice/mandel.service/cpu.max", "20000 40000\n");
  EXPECT_EQ(quota(), 0.5);
}

TEST_F(CpuQuota, OfVersionOneIsThatOfTheCpuController) {
  write("proc/self/mountinfo",
        "31 30 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
        "32 30 0:29 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset\n"
        "40 30 0:37 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n");
  write("proc/self/cgroup", "3:cpuset:/\n2:cpu,cpuacct:/job\n0::/\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_FALSE(quota());
  write("sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(quota(), 3);
}

// Its group is named as the machine knows it, and mounted as if it were the top.
TEST_F(CpuQuota, InAContainerThatSeesItsOwnGroupOnly) {
  write("proc/self/mountinfo",
        "31 30 0:28 /docker/4711 /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n");
  write("proc/self/cgroup", "2:cpu:/docker/4711\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 0.5);
}

}  // namespace
}  // namespace mandel
