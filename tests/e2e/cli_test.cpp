// What a user sees when something is wrong, and that exit codes are as documented.
#include <fstream>
#include <gtest/gtest.h>

#include "process.h"

namespace mandel::e2e {
namespace {

struct Mistake {
  const char* name;
  std::vector<std::string> command;
  int status;
  std::vector<std::string> said;  // each must be in what it prints to stderr
};

void PrintTo(const Mistake& mistake, std::ostream* out) { *out << mistake.name; }

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, NameTheOptionAndExitAsDocumented) {
  Process process(GetParam().command);
  EXPECT_EQ(process.wait(), GetParam().status) << process.err();
  for (const std::string& part : GetParam().said)
    EXPECT_NE(process.err().find(part), std::string::npos) << part << " is not in\n"
                                                           << process.err();
}

INSTANTIATE_TEST_SUITE_P(
    Cli, Mistakes,
    testing::Values(
        Mistake{"UnknownOption", {MANDEL_MASTER, "--chunk", "3"}, 2, {"--chunk", "--help"}},
        Mistake{"NoNumber", {MANDEL_MASTER, "--chunks", "many"}, 2, {"--chunks"}},
        Mistake{"ZeroChunks", {MANDEL_MASTER, "--chunks", "0"}, 2, {"--chunks"}},
        Mistake{"BadHost", {MANDEL_MASTER, "--hosts", "desk1:99999"}, 2, {"--hosts", "99999"}},
        Mistake{"TwoGrids",
                {MANDEL_MASTER, "--tutorial-size", "100", "--size", "10x10"},
                2,
                {"--tutorial-size", "--size"}},
        Mistake{"TwoViews",
                {MANDEL_MASTER, "--span", "1", "--view", "-2,1,-1,1"},
                2,
                {"--span", "--view"}},
        Mistake{"BadSize", {MANDEL_MASTER, "--size", "10"}, 2, {"--size '10'", "1920x1080"}},
        Mistake{"KernelElsewhere",
                {MANDEL_MASTER, "--hosts", "desk1", "--kernel", "scalar"},
                2,
                {"--kernel", "--hosts"}},
        Mistake{"UnknownKernel", {MANDEL_MASTER, "--kernel", "abacus"}, 2, {"abacus", "scalar"}},
        Mistake{"UnknownColours", {MANDEL_MASTER, "--colours", "plaid"}, 2, {"plaid", "ultra"}},
        Mistake{"UnknownColour", {MANDEL_MASTER, "--inside", "white"}, 2, {"--inside", "#rrggbb"}},
        Mistake{"PaletteIsAFolder", {MANDEL_MASTER, "--palette", "/"}, 2, {"--palette: /"}},
        Mistake{"SumOverflow",
                {MANDEL_MASTER, "--size", "1000000x1000000", "--max-iter", "2147483647"},
                2,
                {"2^63"}},
        Mistake{"UnknownFormat",
                {MANDEL_MASTER, "--output", "picture.gif"},
                2,
                {"--output", "picture.gif", ".png"}},
        Mistake{"JsonNowhere",
                {MANDEL_MASTER, "--json", "/nowhere/at/all.json"},
                5,
                {"--json", "/nowhere/at/all.json"}},
        Mistake{"OddCentre", {MANDEL_MASTER, "--center", "nan,0"}, 2, {"--center 'nan,0'"}},
        Mistake{"OddSpan", {MANDEL_MASTER, "--span", "inf"}, 2, {"--span 'inf'"}},
        Mistake{"OnlyAPort", {MANDEL_MASTER, "--hosts", "5755"}, 2, {"--hosts", "HOST:PORT"}},
        Mistake{"OnlyADot", {MANDEL_MASTER, "--hosts", "."}, 2, {"--hosts"}},
        Mistake{"NoFolder",
                {MANDEL_MASTER, "--output", "/nowhere/at/all.png"},
                5,
                {"/nowhere/at/all.png"}},
        Mistake{"WrongSum",
                {MANDEL_MASTER, "--tutorial-size", "100", "--expect-sum", "5"},
                3,
                {"--expect-sum", "not 5"}},
        Mistake{"NobodyThere",
                {MANDEL_MASTER, "--hosts", "127.0.0.1:1", "--patience", "0.2"},
                4,
                {"127.0.0.1:1", "connection refused", "start mandel-worker"}},
        Mistake{
            "NoSuchName",
            {MANDEL_MASTER, "--hosts", "no-such-name.invalid", "--insecure", "--patience", "0.2"},
            4,
            {"no-such-name.invalid"}},  // why, says names_test: here it depends on the network
        Mistake{"OpenToAll",
                {MANDEL_WORKER, "--listen", "0.0.0.0:0", "--keys", "/nonexistent"},
                2,
                {"--listen", "mandel-keygen", "--insecure"}},
        Mistake{"ZeroThreads", {MANDEL_WORKER, "--threads", "0"}, 2, {"--threads"}},
        Mistake{"BadListen", {MANDEL_WORKER, "--listen", "127.0.0.1:http"}, 2, {"--listen"}},
        Mistake{
            "JoinsAWorkersPort", {MANDEL_WORKER, "--join", "desk9"}, 2, {"--join", "desk9:PORT"}},
        Mistake{"ListensAtAWorkersPort",
                {MANDEL_MASTER, "--listen", "0.0.0.0"},
                2,
                {"--listen", "0.0.0.0:PORT"}},
        Mistake{"MetricsWithoutAPort",
                {MANDEL_MASTER, "--metrics", "::1"},
                2,
                {"--metrics", "[::1]:PORT"}},
        Mistake{"MetricsOfAWorkerWithoutAPort",
                {MANDEL_WORKER, "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1"},
                2,
                {"--metrics", "127.0.0.1:PORT"}}),
    [](const auto& mistake) { return mistake.param.name; });

TEST(Cli, HelpShowsExamplesAndExitCodes) {
  for (const char* program : {MANDEL_MASTER, MANDEL_WORKER}) {
    Process process({program, "--help"});
    EXPECT_EQ(process.wait(), 0);
    EXPECT_NE(process.out().find("Examples:"), std::string::npos);
    EXPECT_NE(process.out().find("Exit codes:"), std::string::npos);
  }
}

// An option without a subject would stand under "Options".
TEST(Cli, HelpIsGroupedBySubject) {
  for (const std::vector<std::string>& command :
       {std::vector<std::string>{MANDEL_WORKER}, {MANDEL_MASTER}, {MANDEL_MASTER, "sweep"}}) {
    std::vector<std::string> words = command;
    words.push_back("--help");
    Process process(words);
    EXPECT_EQ(process.wait(), 0);
    EXPECT_NE(process.out().find("\nConfiguration and help:\n"), std::string::npos);
    EXPECT_EQ(process.out().find("\nOptions:\n"), std::string::npos) << process.out();
  }
}

TEST(Cli, AWorkerIsConfiguredByAFile) {
  const TempDir dir;
  std::ofstream(dir.path("worker.toml")) << "threads = 2\nkernel = \"scalar\"\n";
  Worker worker({"--config", dir.path("worker.toml"), "--threads", "1"});
  EXPECT_NE(worker.process().out().find("1 lane of scalar"), std::string::npos)
      << worker.process().out();
}

TEST(Cli, AMasterRunsWithWhatItPrintedOfItself) {
  const TempDir dir;
  Process printing(
      master_command({"--tutorial-size", "100", "--threads", "1", "--chunks", "7", "--no-journal",
                      "--output", dir.path("a.npy"), "--print-config"}));
  ASSERT_EQ(printing.wait(), 0) << printing.err();
  std::ofstream(dir.path("master.toml")) << printing.out();
  const MasterRun run = run_master({"--config", dir.path("master.toml")});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["chunks"], 7);
  EXPECT_EQ(run.json["columns"], 50);
  EXPECT_TRUE(std::filesystem::exists(dir.path("a.npy")));
}

TEST(Cli, ListsEveryKernelWithItsSelfTest) {
  for (const char* program : {MANDEL_MASTER, MANDEL_WORKER}) {
    Process process({program, "--list-kernels"});
    EXPECT_EQ(process.wait(), 0);
    EXPECT_NE(process.out().find("scalar"), std::string::npos);
    EXPECT_NE(process.out().find("passed"), std::string::npos);
    EXPECT_EQ(process.out().find("FAILED"), std::string::npos);
  }
}

TEST(Cli, ZerosAreNoPicture) {
  Worker noop({"--threads", "1", "--kernel", "noop"});
  const MasterRun run = run_master({"--hosts", noop.address(), "--patience", "3"});
  EXPECT_EQ(run.status, 4);
  EXPECT_NE(run.err.find("noop counts differently (none)"), std::string::npos) << run.err;
}

TEST(Cli, AWorkerOfCreditOneDoesOneChunkAfterTheOther) {
  Worker worker({"--threads", "2", "--credit", "1"});
  const MasterRun run = run_master({"--hosts", worker.address(), "--expect-sum", kTutorialSum});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(Process({MANDEL_WORKER, "--credit", "0"}).wait(), 2);
}

TEST(Cli, ABusyPortIsSaid) {
  Worker first;
  Process second({MANDEL_WORKER, "--listen", first.address()});
  EXPECT_EQ(second.wait(), 4);
  EXPECT_NE(second.err().find("in use"), std::string::npos) << second.err();
}

TEST(Cli, MoreChunksThanRowsIsCappedAndSaid) {
  const MasterRun run = run_master({"--tutorial-size", "100", "--chunks", "4000"});
  EXPECT_EQ(run.status, 0);
  EXPECT_EQ(run.json["chunks"], 50);
  EXPECT_NE(run.err.find("only 50 rows"), std::string::npos) << run.err;
}

TEST(Cli, AWrongSumLeavesYesterdaysPicture) {
  const TempDir dir;
  std::ofstream(dir.path("p.npy")) << "yesterday";
  const MasterRun run =
      run_master({"--tutorial-size", "100", "--expect-sum", "5", "--output", dir.path("p.npy")});
  EXPECT_EQ(run.status, 3);
  std::ifstream file(dir.path("p.npy"));
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "yesterday");
}

TEST(Cli, ARequestForNoIterationsCountsNothing) {
  const MasterRun run = run_master({"--size", "64x48", "--max-iter", "0"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_EQ(run.json["sum"], 0);
}

TEST(Cli, AServiceThatIsNoWorkerIsRecognised) {
  // A master's own port of another protocol is hard to come by; a worker's is not: but a plain
  // listener that never answers is what a wrong port looks like.
  Process listener({MANDEL_SILENT_LISTENER});
  ASSERT_TRUE(listener.prints("\n"));
  const std::string port = listener.out().substr(0, listener.out().find('\n'));
  Process master(master_command({"--hosts", "127.0.0.1:" + port, "--patience", "0.5"}));
  EXPECT_EQ(master.wait(), 4);
  EXPECT_NE(master.err().find("accepts connections and says nothing"), std::string::npos)
      << master.err();
}

}  // namespace
}  // namespace mandel::e2e
