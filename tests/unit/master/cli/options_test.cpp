#include "master/cli/options.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(ViewOptions, TheWholeSetByDefaultWithSquarePixels) {
  const auto view = parse_view({.size = "1920x1080", .center = "", .span = "", .view = ""});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->columns, 1920u);
  EXPECT_EQ(view->rows, 1080u);
  EXPECT_EQ(view->step_x, view->step_y);
  EXPECT_GE(view->step_y * 1080, 2.6 * (1 - 1e-12)) << "all of its height is in the picture";
}

TEST(ViewOptions, CentreAndSpan) {
  const auto view =
      parse_view({.size = "100x50", .center = "-0.7453,1.127e-1", .span = "6.5e-4", .view = ""});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->centre_x, -0.7453);
  EXPECT_EQ(view->centre_y, 0.1127);
  EXPECT_EQ(view->step_x, 6.5e-4 / 100);
}

TEST(ViewOptions, Corners) {
  const auto view = parse_view({.size = "10x20", .center = "", .span = "", .view = "-2,1,-1,3"});
  ASSERT_TRUE(view);
  EXPECT_EQ(view->centre_x, -0.5);
  EXPECT_EQ(view->centre_y, 1.0);
  EXPECT_EQ(view->step_x, 3.0 / 10);
  EXPECT_EQ(view->step_y, 4.0 / 20);
}

TEST(ViewOptions, MistakesAreNamedByTheirOption) {
  const auto error = [](const ViewText& text) {
    const auto view = parse_view(text);
    return view ? std::string("accepted") : view.error().what;
  };
  EXPECT_TRUE(error({"1920", "", "", ""}).starts_with("--size '1920'"));
  EXPECT_TRUE(error({"0x5", "", "", ""}).starts_with("--size"));
  EXPECT_TRUE(error({"5x5x5", "", "", ""}).starts_with("--size"));
  EXPECT_TRUE(error({"", "1", "", ""}).starts_with("--center"));
  EXPECT_TRUE(error({"", "1,2,3", "", ""}).starts_with("--center"));
  EXPECT_TRUE(error({"", "", "0", ""}).starts_with("--span"));
  EXPECT_TRUE(error({"", "", "nan", ""}).starts_with("--span"));
  EXPECT_TRUE(error({"", "", "", "1,2,3"}).starts_with("--view"));
  EXPECT_TRUE(error({"", "", "", "2,1,0,1"}).starts_with("--view"));
}

TEST(ChunkCountChoice, KeepsWhatWasAskedWithinWhatIsPossible) {
  EXPECT_EQ(choose_chunks(256, 500, 500).chunks, 256u);
  EXPECT_TRUE(choose_chunks(256, 500, 500).remark.empty());
  const ChunkCount capped = choose_chunks(1000, 500, 500);
  EXPECT_EQ(capped.chunks, 500u);
  EXPECT_NE(capped.remark.find("only 500 rows"), std::string::npos);
  const ChunkCount raised = choose_chunks(1, 40'000, 40'000);
  EXPECT_EQ(raised.chunks, 192u);
  EXPECT_NE(raised.remark.find("32 MiB"), std::string::npos);
}

TEST(ChunkCountChoice, ByDefaultFollowsTheSizeOfThePicture) {
  EXPECT_EQ(choose_chunks({}, 500, 500).chunks, 31u);
  EXPECT_EQ(choose_chunks({}, 2000, 2000).chunks, 64u);
  EXPECT_EQ(choose_chunks({}, 500, 5).chunks, 5u);
  EXPECT_TRUE(choose_chunks({}, 500, 5).remark.empty()) << "nobody asked for 64";
  EXPECT_EQ(choose_chunks({}, 40'000, 40'000).chunks, 1525u);
}

// The options of this command line; an int is what it exits with.
std::variant<Options, int> parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "mandel-master");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(ResumeOptions, GoWithAllThatIsNotOfTheJob) {
  const auto options = parsed({"--resume", "a.png.journal", "--hosts", "desk1", "--json", "a.json",
                               "--expect-sum", "5", "--audit", "0.25", "--explain", "7"});
  ASSERT_TRUE(std::holds_alternative<Options>(options));
  const Options& given = std::get<Options>(options);
  EXPECT_EQ(given.resume, "a.png.journal");
  EXPECT_EQ(given.audit, 0.25);
  EXPECT_EQ(given.explain, 7u);
  EXPECT_TRUE(given.keeps_journal);
}

TEST(ResumeOptions, ExcludeWhatTheJournalSays) {
  using Words = std::vector<std::string>;
  for (const Words& job :
       {Words{"--tutorial-size", "100"}, Words{"--size", "10x10"}, Words{"--center", "0,0"},
        Words{"--span", "1"}, Words{"--view", "-2,1,-1,1"}, Words{"--max-iter", "5"},
        Words{"--chunks", "5"}, Words{"--output", "a.png"}, Words{"--colours", "fire"},
        Words{"--no-journal"}}) {
    Words words = {"--resume", "a.png.journal"};
    words.insert(words.end(), job.begin(), job.end());
    testing::internal::CaptureStderr();
    const auto options = parsed(words);
    const std::string said = testing::internal::GetCapturedStderr();
    ASSERT_TRUE(std::holds_alternative<int>(options)) << job[0];
    EXPECT_EQ(std::get<int>(options), 2) << job[0];
    EXPECT_NE(said.find("--resume"), std::string::npos) << said;
  }
}

TEST(ResumeOptions, NoJournalSwitchesTheJournalOff) {
  EXPECT_FALSE(std::get<Options>(parsed({"--no-journal"})).keeps_journal);
  EXPECT_TRUE(std::get<Options>(parsed({})).keeps_journal);
}

TEST(ListenOption, LeavesNothingToComputeInside) {
  EXPECT_TRUE(computes_inside(std::get<Options>(parsed({}))));
  EXPECT_FALSE(computes_inside(std::get<Options>(parsed({"--listen", "0.0.0.0:0"}))));
  EXPECT_FALSE(computes_inside(std::get<Options>(parsed({"--hosts", "desk1"}))));
  testing::internal::CaptureStderr();
  EXPECT_TRUE(std::holds_alternative<int>(parsed({"--listen", "desk 1"})));
  EXPECT_TRUE(std::holds_alternative<int>(parsed({"--listen", "desk1", "--threads", "1"})));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("--listen"), std::string::npos);
}

TEST(CodecOption, IsOneOfThree) {
  EXPECT_EQ(std::get<Options>(parsed({})).codec, Codec::kAuto);
  EXPECT_EQ(std::get<Options>(parsed({"--codec", "lz4"})).codec, Codec::kLz4);
  EXPECT_EQ(std::get<Options>(parsed({"--codec", "none"})).codec, Codec::kNone);
  testing::internal::CaptureStderr();
  EXPECT_TRUE(std::holds_alternative<int>(parsed({"--codec", "zstd"})));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("--codec"), std::string::npos);
}

TEST(AuditOption, IsAShare) {
  EXPECT_EQ(std::get<Options>(parsed({})).audit, 0);
  for (const char* bad : {"1.5", "-0.1", "all"}) {
    testing::internal::CaptureStderr();
    EXPECT_TRUE(std::holds_alternative<int>(parsed({"--audit", bad}))) << bad;
    EXPECT_NE(testing::internal::GetCapturedStderr().find("--audit"), std::string::npos);
  }
}

}  // namespace
}  // namespace mandel
