// Each decision as a table: what is known, what follows.
#include "master/plan/policy.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr double kHundredASecond = 1e-7, kTenASecond = 1e-8;  // chunks a nanosecond

struct CreditCase {
  const char* what;
  Capacity worker;
  Speed speed;
  Fleet fleet;
  std::uint32_t credit;
};

class CreditTable : public testing::TestWithParam<CreditCase> {};

TEST_P(CreditTable, HoldsIts) {
  const CreditCase& c = GetParam();
  EXPECT_EQ(credit(c.worker, c.speed, c.fleet), c.credit) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    Policy, CreditTable,
    testing::Values(
        CreditCase{"its speed not known: one more than the lanes", {4, 99}, {}, {2, 1000}, 5},
        CreditCase{"slow: one in reserve covers the round trip",
                   {1, 99},
                   {1e-9},
                   {2, 1000, 1000, 2e-9},
                   2},
        CreditCase{"a round trip's worth of chunks in reserve",
                   {1, 99},
                   {kHundredASecond},
                   {1, 1000, 1000, kHundredASecond},
                   4},
        CreditCase{"what its lanes could do, if the wire were not",
                   {1, 99},
                   {kTenASecond, kHundredASecond},
                   {1, 1000, 1000, kTenASecond},
                   4},
        CreditCase{"a longer round trip asks for more in reserve",
                   {1, 99},
                   {kTenASecond, kHundredASecond, 50 * kMillisecond},
                   {1, 1000, 1000, kTenASecond},
                   7},
        CreditCase{
            "fast, but never more than seven in reserve", {1, 99}, {1}, {1, 1000, 1000, 1}, 8},
        CreditCase{"or as many again as lanes", {16, 99}, {1}, {1, 1000, 1000, 1}, 32},
        CreditCase{"near the end its share by speed, halved", {1, 99}, {1}, {2, 12, 12, 2}, 3},
        CreditCase{"at the end one more than the lanes", {4, 99}, {1}, {1, 1, 1, 1}, 5},
        CreditCase{"or than what is under way, where that is more",
                   {1, 99},
                   {kHundredASecond, kHundredASecond, 25 * kMillisecond},
                   {1, 1, 1, kHundredASecond},
                   4},
        CreditCase{"but not what its lanes could do if the wire were not",
                   {1, 99},
                   {kTenASecond, 1, 50 * kMillisecond},
                   {1, 1, 1, kTenASecond},
                   2},
        CreditCase{"results that come all at once are not under way",
                   {1, 24},
                   {3e-6, 2 * kHundredASecond, 4 * kMillisecond},
                   {2, 6, 6, 3.2e-6},
                   2},
        CreditCase{"lanes share a chunk, so that what they hold is on its way as well",
                   {4, 99},
                   {kHundredASecond, kHundredASecond, 45 * kMillisecond},
                   {1, 1, 1, kHundredASecond},
                   6},
        CreditCase{"a long way is not filled by seven",
                   {1, 99},
                   {kHundredASecond, kHundredASecond, 200 * kMillisecond},
                   {1, 1000, 1000, kHundredASecond},
                   22},
        CreditCase{"a way without an end", {1, 99}, {1, 1, 1000 * kSecond}, {1, 1, 1, 1}, 99},
        CreditCase{"the worker's word is final", {16, 3}, {1}, {1, 1000, 1000, 1}, 3},
        CreditCase{"but never nothing", {1, 0}, {1}, {1, 1000, 1000, 1}, 1},
        CreditCase{"no division by no workers", {1, 99}, {}, {0, 1000}, 2}));

TEST(Smoothed, CountsTheNewestAQuarter) {
  EXPECT_EQ(smoothed<Nanoseconds>(0, 800), 800) << "the first one";
  EXPECT_EQ(smoothed<Nanoseconds>(800, 1600), 1000);
  EXPECT_EQ(smoothed<Nanoseconds>(800, 400), 700);
  EXPECT_DOUBLE_EQ(smoothed(800.0, 801.0), 800.25);
}

TEST(WorthStarting, NotWhatTheOthersWouldHaveDoneBefore) {
  const Fleet two{
      .workers = 2, .pending = 10, .unfinished = 10, .rate = 1.01e-8, .fastest_ns = kSecond / 10};
  EXPECT_TRUE(worth_starting(kSecond, 1e-10, two)) << "they need a second for the ten, and more";
  EXPECT_FALSE(worth_starting(2 * kSecond, 1e-10, two));
}

TEST(WorthStarting, AlwaysForTheFastestTheUnknownAndTheOnlyOne) {
  const Fleet all{
      .workers = 3, .pending = 1, .unfinished = 1, .rate = 3e-7, .fastest_ns = 8 * kMillisecond};
  EXPECT_TRUE(worth_starting(8 * kMillisecond, 1e-7, all))
      << "or nobody would begin the last chunk";
  EXPECT_TRUE(worth_starting(0, 0, all));
  EXPECT_TRUE(worth_starting(kSecond, 1e-9, {.workers = 1, .unfinished = 1, .rate = 1e-9}));
  EXPECT_FALSE(worth_starting(kSecond, 1e-9, all));
}

TEST(EstimatedLeft, IsWhatIsExpectedOrAsLongAgain) {
  EXPECT_EQ(estimated_left({false, kSecond, 5 * kSecond}), 5 * kSecond);
  EXPECT_EQ(estimated_left({false, kSecond, -1}), kSecond) << "overdue";
}

struct BackupCase {
  const char* what;
  Backable chunk;
  Nanoseconds chunk_ns;
  bool is_worth;
};

class BackupTable : public testing::TestWithParam<BackupCase> {};

TEST_P(BackupTable, DecidesSo) {
  const BackupCase& c = GetParam();
  EXPECT_EQ(worth_backing_up(c.chunk, c.chunk_ns), c.is_worth) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    Policy, BackupTable,
    testing::Values(BackupCase{"it ends sooner here", {false, 0, 2 * kSecond}, kSecond, true},
                    BackupCase{"it ends sooner there", {false, 0, kSecond / 2}, kSecond, false},
                    BackupCase{"overdue for long", {false, 3 * kSecond, -kSecond}, kSecond, true},
                    BackupCase{"overdue a little", {false, kSecond / 2, -1}, kSecond, false},
                    BackupCase{"nobody knows: not at once", {false, kSecond / 2, -1}, 0, false},
                    BackupCase{"nobody knows: after a second", {false, 2 * kSecond, -1}, 0, true},
                    BackupCase{"waits in a queue, speeds unknown", {true, 0, -1}, 0, true},
                    BackupCase{
                        "waits in a queue that is fast", {true, 0, kSecond / 2}, kSecond, false}));

TEST(WorthAnotherBackup, OnlyAfterAsLongAgain) {
  EXPECT_FALSE(worth_another_backup(kSecond, kSecond / 2)) << "too soon";
  EXPECT_TRUE(worth_another_backup(4 * kSecond, 2 * kSecond));
  EXPECT_FALSE(worth_another_backup(40 * kSecond, 2 * kSecond));
  EXPECT_TRUE(worth_another_backup(40 * kSecond, 6 * kSecond)) << "several are at it by then";
  EXPECT_FALSE(worth_another_backup(1600 * kSecond, 99 * kSecond));
  EXPECT_TRUE(worth_another_backup(1600 * kSecond, 100 * kSecond));
}

TEST(BackupsMax, IsAQuarterOfTheLanesAndAtLeastOne) {
  EXPECT_EQ(backups_max(1), 1u);
  EXPECT_EQ(backups_max(40), 10u);
}

}  // namespace
}  // namespace mandel
