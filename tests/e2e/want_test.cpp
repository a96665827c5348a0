// A machine that lacks something, or a limit that is too low: one sentence that says what is
// needed, what there is and what to do, and an exit code. Never an abort.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>

#include "shell.h"

namespace mandel::e2e {
namespace {

constexpr int kWant = 7;

TEST(Want, OfDescriptorsForAllWorkersIsCountedBefore) {
  const ShellRun run =
      shell("ulimit -n 1024; $m --patience 1 --hosts '127.0.1.[1-250]:1,127.0.2.[1-150]:1'");
  EXPECT_EQ(run.status, kWant);
  EXPECT_NE(run.err.find("400 workers need "), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("may open 1024 (ulimit -n)"), std::string::npos) << run.err;
}

TEST(Want, OfDescriptorsIsWhatTheSentenceSays) {
  for (const char* command :
       {"$m --hosts 127.0.0.1:1 --patience 0.1", "$m", "$m doctor --hosts 127.0.0.1:1",
        "$w --listen 127.0.0.1:0", "$m sweep"})
    for (int limit : {12, 24}) {
      const ShellRun run = shell(fmt::format("ulimit -n {}; {}", limit, command));
      EXPECT_EQ(run.status, kWant) << limit << command << run.err;
      EXPECT_NE(run.err.find("ulimit -n"), std::string::npos) << run.err;
    }
}

// Enough, by the sentence, is enough.
TEST(Want, OfDescriptorsIsNotExaggeratedByMuch) {
  std::vector<Worker> workers;
  for (int k = 0; k < 12; ++k) workers.emplace_back();
  const ShellRun run = shell(fmt::format("ulimit -n 160; $m --hosts {}", hosts(workers)));
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST(Want, OfThreads) {
  const ShellRun run = shell(
      "setpriv --reuid 54321 --clear-groups test -x $m || exit 77; "
      "setpriv --reuid 54321 --clear-groups bash -c 'ulimit -u 10; exec $0 --threads 16' $m");
  if (run.status == 77) GTEST_SKIP() << "no other user can run the programs here";
  EXPECT_EQ(run.status, kWant) << run.err;
  EXPECT_NE(run.err.find("16 lanes and the master itself need 24 threads"), std::string::npos)
      << run.err;
}

TEST(Want, OfMemoryIsNoAbort) {
  int refused = 0;
  for (int kilobytes = 60000; kilobytes <= 400000; kilobytes += 50000)
    for (const char* command : {"$m --threads 2", "$w --listen 127.0.0.1:x --threads 2"}) {
      const ShellRun run = shell(fmt::format("ulimit -v {}; {}", kilobytes, command));
      if (run.err.find("error while loading shared libraries") != std::string::npos) continue;
      EXPECT_TRUE(run.status == kWant || run.status == 0 || run.status == 2)
          << kilobytes << ": " << run.status << run.err;
      refused += run.status == kWant ? 1 : 0;
    }
  EXPECT_GT(refused, 0);
}

// Half a CPU is one lane.
TEST(Want, OfCpusByAQuotaIsHeeded) {
  const ShellRun run = shell(
      "group=/sys/fs/cgroup/cpu/mandel-test-$$; mkdir $group 2>/dev/null || exit 77\n"
      "trap 'rmdir $group' EXIT\n"
      "(echo 50000 >$group/cpu.cfs_quota_us && echo $BASHPID >$group/tasks || exit 77\n"
      " timeout 1 $w --listen 127.0.0.1:0 --kernel scalar); rc=$?\n"
      "[ $rc = 77 ] && exit 77 || exit 0");
  if (run.status == 77) GTEST_SKIP() << "no control group can be made here";
  EXPECT_NE(run.out.find("with 1 lane of scalar"), std::string::npos) << run.out << run.err;
}

TEST(Threads, HaveNames) {
  Worker worker({"--threads", "2"});
  std::string names;
  ASSERT_TRUE(eventually([&] {
    names.clear();
    for (const auto& task : std::filesystem::directory_iterator(
             fmt::format("/proc/{}/task", worker.process().pid()))) {
      std::ifstream file(task.path() / "comm");
      names += std::string(std::istreambuf_iterator<char>(file), {});
    }
    return names.find("lane 0\n") != std::string::npos &&
           names.find("lane 1\n") != std::string::npos;
  })) << names;
}

}  // namespace
}  // namespace mandel::e2e
