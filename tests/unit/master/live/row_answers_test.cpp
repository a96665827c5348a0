// What a reader gets who has everything, something or nothing of the picture; and what many cost.
#include "master/live/row_answers.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr std::uint32_t kRows = 200;

class Answers : public testing::Test {
 protected:
  Answers() {
    state_.version = 1;
    state_.run = 1;
    state_.job = {.title = "a job",
                  .columns = 2,
                  .rows = kRows,
                  .max_iter = 100,
                  .semantics = "exact-f64",
                  .axes = std::make_shared<Axes>(
                      Axes{std::vector<double>{0, 0.5}, std::vector<double>(kRows, 0.0)}),
                  .chunks = kRows};
    state_.display_columns = 2;
    state_.columns_shown = {0, 1};
    state_.rows.resize(kRows);
    for (DisplayRow& row : state_.rows) row.version = 1;
    colour("fire:log");
  }
  // Rows from `first` on are done, each with its number as count.
  void complete(std::uint32_t first, std::uint32_t rows) {
    ++state_.version;
    for (std::uint32_t k = first; k < first + rows; ++k) {
      state_.rows[k].version = state_.version;
      state_.rows[k].counts =
          std::make_shared<std::vector<std::uint32_t>>(std::vector<std::uint32_t>{k + 1, 50});
    }
  }
  HttpResponse ask(std::uint64_t since, Nanoseconds now = 0) {
    return answers_->answer(state_, since, now);
  }
  void colour(const std::string& colours) {
    answers_ = std::make_unique<RowAnswers>(*ColourMap::make({.map = colours}));
  }
  static int rows_in(const HttpResponse& answer) {
    const std::string& bytes = answer.shared_body ? *answer.shared_body : answer.body;
    return static_cast<unsigned char>(bytes[4]) + 256 * static_cast<unsigned char>(bytes[5]);
  }
  static int version_of(const HttpResponse& answer) {
    return static_cast<unsigned char>((answer.shared_body ? *answer.shared_body : answer.body)[0]);
  }

  LiveState state_;
  std::unique_ptr<RowAnswers> answers_;
};

TEST_F(Answers, WhoLacksLittleGetsJustThat) {
  complete(0, 5);
  const HttpResponse answer = ask(1);
  EXPECT_EQ(answer.shared_body, nullptr);
  EXPECT_EQ(rows_in(answer), 5);
  EXPECT_EQ(version_of(answer), 2);
  EXPECT_EQ(rows_in(ask(2)), 0);
  EXPECT_EQ(answer.type, "application/octet-stream");
}

TEST_F(Answers, WhoLacksMuchGetsAllOfItOnceInMemoryForAll) {
  complete(0, RowAnswers::kManyRows);
  const HttpResponse first = ask(1);
  EXPECT_EQ(rows_in(first), kRows) << "what has not changed, too";
  EXPECT_EQ(ask(0).shared_body, first.shared_body);
  complete(100, 3);
  EXPECT_EQ(ask(0, RowAnswers::kWholeFor).shared_body, first.shared_body)
      << "three rows more are no reason: whoever gets this is told of them, and asks";
  const HttpResponse later = ask(0, RowAnswers::kWholeFor + 1);
  EXPECT_NE(later.shared_body, first.shared_body);
  EXPECT_EQ(version_of(later), 3);
}

TEST_F(Answers, NobodyGetsWhatIsOlderThanWhatHeHas) {
  complete(0, 100);
  ask(0);
  complete(100, 100);
  EXPECT_EQ(version_of(ask(2)), 3);
}

TEST_F(Answers, OfAnotherRunAllIsAnother) {
  complete(0, 100);
  const HttpResponse first = ask(0);
  ++state_.run;
  EXPECT_NE(ask(0).shared_body, first.shared_body);
}

TEST_F(Answers, OfAJobThatIsOverNothingIsMissing) {
  complete(0, 100);
  ask(0);
  complete(100, 3);
  state_.phase = "done";
  const HttpResponse last = ask(0);
  EXPECT_EQ(version_of(last), 3);
  EXPECT_EQ(ask(0, 100 * kSecond).shared_body, last.shared_body) << "and nothing changes any more";
}

// By rank every colour changes with what is learnt: not with each row, and for all who look at
// once.
TEST_F(Answers, ByRankAllRowsAreColouredAnewAsThePictureFills) {
  colour("fire:rank");
  complete(0, 100);
  const HttpResponse first = ask(0);
  complete(100, 3);
  EXPECT_EQ(rows_in(ask(2)), 3) << "by the colours that it has";
  complete(103, 30);
  const HttpResponse more = ask(3);
  EXPECT_EQ(rows_in(more), kRows) << "a third more rows: other colours";
  ASSERT_NE(more.shared_body, nullptr);
  EXPECT_EQ(ask(3).shared_body, more.shared_body) << "made once, whoever asks";
  complete(133, 1);
  EXPECT_EQ(rows_in(ask(4)), 1);
  state_.phase = "done";
  ++state_.version;
  EXPECT_EQ(rows_in(ask(5)), kRows) << "in the end of all that there is";
}

}  // namespace
}  // namespace mandel
