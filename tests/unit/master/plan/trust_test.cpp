// Whom is an audit asked of? Of newcomers always, of trusted workers by a repeatable lot.
#include "master/plan/trust.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

void agree(Trust& trust, WorkerId worker) {
  for (std::uint32_t n = 0; n < Trust::kAgreementsNeeded; ++n) trust.agreed(worker);
}

std::uint32_t audits(const Trust& trust, WorkerId worker) {
  std::uint32_t count = 0;
  for (ChunkId chunk = 0; chunk < 10000; ++chunk) count += trust.wants_audit(worker, chunk);
  return count;
}

TEST(Trust, AsksForNothingWhenItIsOff) { EXPECT_EQ(audits(Trust(0, 1), 7), 0u); }

TEST(Trust, ChecksEverythingOfAWorkerThatNobodyHasAgreedWith) {
  Trust trust(0.1, 1);
  for (std::uint32_t n = 1; n < Trust::kAgreementsNeeded; ++n) trust.agreed(7);
  EXPECT_EQ(audits(trust, 7), 10000u);
}

TEST(Trust, ChecksAShareAfterTenAgreements) {
  Trust trust(0.1, 1);
  agree(trust, 7);
  EXPECT_NEAR(audits(trust, 7), 1000, 120);
  EXPECT_EQ(audits(trust, 8), 10000u) << "another worker";
}

TEST(Trust, ChecksAllWhenTheShareIsOne) {
  Trust trust(1, 1);
  agree(trust, 7);
  EXPECT_EQ(audits(trust, 7), 10000u);
}

TEST(Trust, IsLostWithOneFailure) {
  Trust trust(0.1, 1);
  agree(trust, 7);
  trust.failed(7);
  EXPECT_EQ(audits(trust, 7), 10000u);
}

TEST(Trust, ChoosesTheSameChunksForTheSameSeedAndOthersForAnother) {
  Trust first(0.5, 1);
  Trust same(0.5, 1);
  Trust other(0.5, 2);
  for (Trust* trust : {&first, &same, &other}) agree(*trust, 7);
  std::uint32_t different = 0;
  for (ChunkId chunk = 0; chunk < 1000; ++chunk) {
    EXPECT_EQ(first.wants_audit(7, chunk), same.wants_audit(7, chunk));
    different += first.wants_audit(7, chunk) != other.wants_audit(7, chunk);
  }
  EXPECT_GT(different, 300u);
}

}  // namespace
}  // namespace mandel
