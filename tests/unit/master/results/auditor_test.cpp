// The reference kernel finds the liar, even if one pixel is all that differs.
#include "master/results/auditor.h"

#include <gtest/gtest.h>

#include "common/wire/job.h"
#include "kernels/deep/engine.h"
#include "kernels/registry.h"

namespace mandel {
namespace {

constexpr std::uint32_t kColumns = 500;
constexpr std::uint32_t kFirstRow = 200;
constexpr std::uint32_t kChunkRows = 5;

class AuditorTest : public testing::Test {
 protected:
  AuditorTest() {
    const auto ys = std::span(axes_->ys).subspan(kFirstRow, kChunkRows);
    find_backend("scalar")->make()->run(axes_->xs, ys, kMaxIter, truth_, std::stop_token{});
  }

  std::vector<WorkerId> liars_of(const AuditQuestion& question) {
    Wakeup wakeup;
    Auditor auditor(job_, axes_, wakeup);
    auditor.ask(question);
    Sleeper sleeper;
    const Nanoseconds until = steady_now() + 10 * kSecond;
    while (steady_now() < until) {
      wakeup.watch(sleeper);
      sleeper.sleep(until - steady_now());
      EXPECT_LT(steady_now(), until) << "nobody woke the sleeper";
      wakeup.clear();
      if (const auto verdict = auditor.take()) {
        EXPECT_EQ(verdict->chunk, question.chunk);
        return verdict->liars;
      }
    }
    ADD_FAILURE() << "no verdict";
    return {};
  }

  static constexpr std::uint32_t kMaxIter = 1000;
  Job job_{TutorialGrid{}, kMaxIter};
  const std::shared_ptr<const Axes> axes_ = std::make_shared<const Axes>(axes_of(job_));
  std::vector<std::uint32_t> truth_ = std::vector<std::uint32_t>(kColumns * kChunkRows);
};

TEST_F(AuditorTest, OfTwoThatDifferInOnePixelKnowsTheLiar) {
  auto lie = truth_;
  lie[3 * kColumns + 77] += 1;
  for (const bool is_liar_first : {true, false}) {
    const ChunkClaim claims[] = {{7, is_liar_first ? lie : truth_},
                                 {8, is_liar_first ? truth_ : lie}};
    const AuditQuestion question =
        question_of(40, kFirstRow, kColumns, claims, 1, stretch_max(job_));
    EXPECT_EQ(question.row, kFirstRow + 3);
    EXPECT_EQ(question.first_column, 77u);
    EXPECT_EQ(liars_of(question), std::vector<WorkerId>{is_liar_first ? 7u : 8u});
  }
}

TEST_F(AuditorTest, OfTwoThatLieDifferentlyKnowsBoth) {
  auto lie = truth_;
  auto other_lie = truth_;
  lie[100] += 1;
  other_lie[100] += 2;
  const ChunkClaim claims[] = {{7, lie}, {8, other_lie}};
  EXPECT_EQ(liars_of(question_of(40, kFirstRow, kColumns, claims, 1, stretch_max(job_))),
            (std::vector<WorkerId>{7, 8}));
}

TEST_F(AuditorTest, OfOneAloneLooksSomewhereInTheChunk) {
  const ChunkClaim honest[] = {{7, truth_}};
  std::vector<std::uint32_t> zeros(truth_.size(), 999);
  const ChunkClaim lying[] = {{7, zeros}};
  for (const std::uint64_t lot : {std::uint64_t{0}, std::uint64_t{499}, std::uint64_t{2499},
                                  std::uint64_t{0xffffffffffffffff}}) {
    const AuditQuestion question =
        question_of(40, kFirstRow, kColumns, honest, lot, stretch_max(job_));
    EXPECT_LT(question.row, kFirstRow + kChunkRows);
    EXPECT_LE(question.first_column + question.claims[0].counts.size(), kColumns);
    EXPECT_GE(question.claims[0].counts.size(), 1u);
    EXPECT_TRUE(liars_of(question).empty()) << lot;
    EXPECT_EQ(liars_of(question_of(40, kFirstRow, kColumns, lying, lot, stretch_max(job_))),
              std::vector<WorkerId>{7})
        << lot;
  }
}

#ifdef MANDEL_HAVE_DEEP
TEST_F(AuditorTest, OfTrueCountAsksTheOracleForOnePixel) {
  job_ = {DeepView{"0.3", "0", "0.1", "0.1", 1, 3}, 100};
  std::vector<std::uint32_t> counts(3);
  deep_backends().front().make(std::get<DeepView>(job_.grid), 100)->run(0, 3, counts, {});
  auto lie = counts;
  lie[1] += 1;
  for (const bool is_liar_first : {false, true}) {
    const ChunkClaim claims[] = {{7, is_liar_first ? lie : counts},
                                 {8, is_liar_first ? counts : lie}};
    const AuditQuestion question = question_of(0, 0, 1, claims, 1, stretch_max(job_));
    EXPECT_EQ(question.row, 1u);
    EXPECT_EQ(question.claims[0].counts.size(), 1u);
    EXPECT_EQ(liars_of(question), std::vector<WorkerId>{is_liar_first ? 7u : 8u});
  }
}
#endif

// A row that would take days: the destructor must not wait for it.
TEST_F(AuditorTest, IsLeftInTheMiddleOfAQuestion) {
  Axes inside;
  inside.xs.assign(4096, 0.0);
  inside.ys.assign(1, 0.0);
  Wakeup wakeup;
  Auditor auditor({TutorialGrid{}, kIterMax}, std::make_shared<const Axes>(inside), wakeup);
  auditor.ask({0, 0, 0, {{7, std::vector<std::uint32_t>(4096)}}});
}

}  // namespace
}  // namespace mandel
