#include "master/policy.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

struct CreditCase {
  const char* what;
  Capacity worker;
  std::uint32_t pending;
  std::uint32_t workers;
  std::uint32_t credit;
};

class CreditTable : public testing::TestWithParam<CreditCase> {};

TEST_P(CreditTable, HoldsIts) {
  const CreditCase& c = GetParam();
  EXPECT_EQ(credit(c.worker, c.pending, c.workers), c.credit) << c.what;
}

INSTANTIATE_TEST_SUITE_P(
    Policy, CreditTable,
    testing::Values(CreditCase{"mid-job: the lanes and a pipeline", {1, 99}, 1000, 2, 5},
                    CreditCase{"mid-job: many lanes are doubled", {16, 99}, 1000, 2, 32},
                    CreditCase{"near the end: lanes and one", {4, 99}, 3, 2, 5},
                    CreditCase{"in between: a fair part", {2, 99}, 20, 2, 5},
                    CreditCase{"the worker's word is final", {16, 3}, 1000, 2, 3},
                    CreditCase{"but never nothing", {1, 0}, 1000, 2, 1},
                    CreditCase{"no division by no workers", {1, 99}, 10, 0, 5}));

TEST(Backup, OnlyForWhatWaitsBehindTheLanesAndOnlyOnce) {
  EXPECT_TRUE(worth_backup(3, 2, 1));
  EXPECT_FALSE(worth_backup(2, 2, 1)) << "all of it is being computed";
  EXPECT_FALSE(worth_backup(3, 2, 2)) << "it has a copy already";
}

}  // namespace
}  // namespace mandel
