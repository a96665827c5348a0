// Real workers on loopback ports, real masters, real signals.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <thread>

#include "process.h"

namespace mandel::e2e {
namespace {

// A job that takes the scalar kernel, and so the tests' disturbed workers, seconds: deep, all
// detail.
const std::vector<std::string> kLongJob = {"--size",     "1200x1200", "--center", "-0.7453,0.1127",
                                           "--span",     "6.5e-4",    "--chunks", "200",
                                           "--max-iter", "5000"};

const std::vector<std::string> kSlowly = {"--threads", "1", "--kernel", "scalar"};

std::vector<Worker> start_workers(std::size_t count,
                                  const std::vector<std::string>& options = {"--threads", "1"}) {
  std::vector<Worker> workers;
  for (std::size_t k = 0; k < count; ++k) workers.emplace_back(options);
  return workers;
}

std::vector<std::string> with(std::vector<std::string> options,
                              const std::vector<std::string>& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

class WorkerCount : public testing::TestWithParam<std::size_t> {};

TEST_P(WorkerCount, AllOfThemWorkAndTheSumIsRight) {
  const auto workers = start_workers(GetParam());
  const MasterRun run =
      run_master({"--chunks", "256", "--hosts", hosts(workers), "--expect-sum", kTutorialSum});
  ASSERT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find("Total elements: 250000\n"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("Total sum of elements (for validation): 1148485\n"), std::string::npos);
  EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
  ASSERT_EQ(run.json["workers"].size(), GetParam());
  int chunks = 0;
  for (const auto& worker : run.json["workers"]) chunks += worker["chunks"].get<int>();
  EXPECT_EQ(chunks, 256);
}

INSTANTIATE_TEST_SUITE_P(Loopback, WorkerCount, testing::Values(1u, 2u, 5u));

TEST(Cluster, TwoMastersShareTheWorkersAndBothAreRight) {
  const auto workers = start_workers(2);
  MasterRun runs[2];
  {
    std::vector<std::jthread> masters;
    for (MasterRun& run : runs)
      masters.emplace_back(
          [&] { run = run_master({"--chunks", "100", "--hosts", hosts(workers)}); });
  }
  for (const MasterRun& run : runs) {
    EXPECT_EQ(run.status, 0) << run.err;
    EXPECT_EQ(run.json["counts_sha256"], kTutorialDigest);
  }
}

TEST(Cluster, AWorkerServesOneMasterAfterAnother) {
  const auto workers = start_workers(1);
  for (int round = 0; round < 3; ++round)
    EXPECT_EQ(run_master({"--hosts", hosts(workers), "--expect-sum", kTutorialSum}).status, 0);
}

// Bytes that a master of the tutorial's job takes in for each byte of its counts.
double share_that_travels(const std::vector<Worker>& workers, const std::string& codec) {
  constexpr double kBytes = 4 * 250'000;
  const MasterRun run = run_master({"--chunks", "16", "--codec", codec, "--hosts", hosts(workers)});
  EXPECT_EQ(run.status, 0) << run.err;
  return run.json["workers"][0]["bytes_in"].get<double>() / kBytes;
}

TEST(Cluster, CompressedCountsAreFewBytesAndLoopbackIsNotWorthThem) {
  const auto workers = start_workers(1);
  EXPECT_LE(share_that_travels(workers, "lz4"), 0.16);
  EXPECT_GE(share_that_travels(workers, "none"), 1);
  EXPECT_GE(share_that_travels(workers, "auto"), 1);
}

// The reference is the same job on an undisturbed, embedded worker, with the default kernel.
class Disturbed : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    reference_ = new std::string(run_master(kLongJob).json["counts_sha256"]);
  }
  static void TearDownTestSuite() { delete reference_; }

  // Starts the long job on `workers` and returns once all of them are at it.
  Process start(const std::vector<Worker>& workers, const std::string& json) {
    Process master(
        master_command(with(kLongJob, {"--hosts", hosts(workers), "--json", json, "--verbose"})));
    for (const Worker& worker : workers)
      EXPECT_TRUE(master.prints_error(worker.address() + " is ready")) << master.err();
    return master;
  }
  static nlohmann::json read(const std::string& path) {
    std::ifstream file(path);
    return nlohmann::json::parse(file, nullptr, false);
  }

  TempDir dir_;
  static std::string* reference_;
};

std::string* Disturbed::reference_ = nullptr;

TEST_F(Disturbed, AWorkerKilledInMidJobCostsNoPixel) {
  auto workers = start_workers(2, kSlowly);
  Process master = start(workers, dir_.path("r.json"));
  workers[0].process().signal(SIGKILL);
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_NE(master.err().find("lost " + workers[0].address()), std::string::npos) << master.err();
  EXPECT_EQ(read(dir_.path("r.json"))["counts_sha256"], *reference_);
}

TEST_F(Disturbed, AWorkerToldToStopDrainsAndTheOthersTakeTheRest) {
  auto workers = start_workers(2, kSlowly);
  Process master = start(workers, dir_.path("r.json"));
  workers[0].process().signal(SIGTERM);
  EXPECT_EQ(workers[0].process().wait(), 0);
  EXPECT_NE(workers[0].process().err().find("draining"), std::string::npos);
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_EQ(read(dir_.path("r.json"))["counts_sha256"], *reference_);
}

TEST_F(Disturbed, AWorkerStartedAgainUnderTheSameAddressIsUsedAgain) {
  auto workers = start_workers(1, kSlowly);
  Process master = start(workers, dir_.path("r.json"));
  const std::string address = workers[0].address();
  workers[0].process().signal(SIGKILL);
  ASSERT_TRUE(master.prints_error("lost " + address)) << master.err();
  Process again({MANDEL_WORKER, "--listen", address, "--kernel", "scalar"});
  ASSERT_EQ(master.wait(), 0) << master.err() << again.err();
  EXPECT_EQ(read(dir_.path("r.json"))["counts_sha256"], *reference_);
}

TEST_F(Disturbed, AllWorkersKilledAndOneStartedAgainLater) {
  auto workers = start_workers(2, kSlowly);
  Process master = start(workers, dir_.path("r.json"));
  for (Worker& worker : workers) worker.process().signal(SIGKILL);
  ASSERT_TRUE(master.prints_error("still trying")) << master.err();
  Process again({MANDEL_WORKER, "--listen", workers[1].address(), "--kernel", "scalar"});
  ASSERT_EQ(master.wait(), 0) << master.err() << again.err();
  EXPECT_EQ(read(dir_.path("r.json"))["counts_sha256"], *reference_);
}

TEST_F(Disturbed, AFrozenWorkerIsGivenUp) {
  auto workers = start_workers(2, kSlowly);
  Process master = start(workers, dir_.path("r.json"));
  workers[0].process().signal(SIGSTOP);
  ASSERT_EQ(master.wait(), 0) << master.err();
  workers[0].process().signal(SIGCONT);
  EXPECT_EQ(read(dir_.path("r.json"))["counts_sha256"], *reference_);
}

TEST_F(Disturbed, AMasterThatWasItselfSuspendedBlamesNobody) {
  auto workers = start_workers(1, kSlowly);
  Process master(
      master_command(with(kLongJob, {"--hosts", hosts(workers), "--json", dir_.path("r.json"),
                                     "--verbose", "--patience", "1"})));
  ASSERT_TRUE(master.prints_error("is ready")) << master.err();
  master.signal(SIGSTOP);
  // Longer than the patience and than a worker may be silent; nothing can be polled for.
  std::this_thread::sleep_for(std::chrono::seconds(4));
  master.signal(SIGCONT);
  ASSERT_EQ(master.wait(), 0) << master.err();
  EXPECT_EQ(read(dir_.path("r.json"))["counts_sha256"], *reference_);
}

TEST_F(Disturbed, AWorkerOutlivesAMasterThatIsKilled) {
  auto workers = start_workers(1, kSlowly);
  {
    Process master = start(workers, dir_.path("r.json"));
    master.signal(SIGKILL);
    EXPECT_EQ(master.wait(), 128 + SIGKILL);
  }
  const MasterRun next = run_master({"--hosts", hosts(workers), "--expect-sum", kTutorialSum});
  EXPECT_EQ(next.status, 0) << next.err;
}

// Its first rows are done at once, and those in the middle never.
TEST_F(Disturbed, AnInterruptedMasterLeavesNoHalfPicture) {
  auto workers = start_workers(1, kSlowly);
  const std::string picture = dir_.path("p.png");
  Process master(master_command({"--hosts", hosts(workers), "--size", "64x64", "--center", "0,0",
                                 "--span", "6", "--max-iter", "2000000000", "--chunks", "64",
                                 "--output", picture, "--verbose"}));
  ASSERT_TRUE(master.prints_error("is ready")) << master.err();
  master.signal(SIGINT);
  EXPECT_EQ(master.wait(), 130);
  EXPECT_NE(master.err().find("interrupted"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(picture));
}

TEST(Worker, ASecondSignalLeavesAtOnce) {
  Worker worker(kSlowly);
  // Inside the set, with a limit that takes the reference kernel seconds for every single pixel.
  Process master(master_command({"--hosts", worker.address(), "--size", "64x64", "--center", "0,0",
                                 "--span", "1e-3", "--max-iter", "2000000000", "--verbose"}));
  ASSERT_TRUE(master.prints_error("is ready")) << master.err();
  worker.process().signal(SIGTERM);
  ASSERT_TRUE(worker.process().prints_error("draining"));
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0);
  // By its goodbye, or by the closed connection if a busy machine cut the goodbye off.
  EXPECT_TRUE(eventually([&] {
    const std::string said = master.err();
    return said.find(worker.address() + " has left") != std::string::npos ||
           said.find("lost " + worker.address()) != std::string::npos;
  })) << master.err();
}

}  // namespace
}  // namespace mandel::e2e
