// Which options go together, and which exclude each other.
#include "master/cli/command_line.h"

#include <algorithm>
#include <fstream>
#include <gtest/gtest.h>

#include "master/sinks/sink.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

// The options of this command line; an int is what it exits with.
std::variant<Options, int> parsed(std::vector<std::string> words) {
  words.insert(words.begin(), "mandel-master");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return parse_options(static_cast<int>(arguments.size()), arguments.data());
}

// What is said of a command line that is a mistake.
std::string complaint_of(const std::vector<std::string>& words) {
  testing::internal::CaptureStderr();
  const auto options = parsed(words);
  EXPECT_TRUE(std::holds_alternative<int>(options) && std::get<int>(options) == 2);
  return testing::internal::GetCapturedStderr();
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
        Words{"--palette", "a.gpl"}, Words{"--inside", "ffffff"}, Words{"--outside", "ffffff"},
        Words{"--supersample", "2"}, Words{"--smallest"}, Words{"--no-journal"}}) {
    Words words = {"--resume", "a.png.journal"};
    words.insert(words.end(), job.begin(), job.end());
    const std::string said = complaint_of(words);
    EXPECT_NE(said.find("--resume"), std::string::npos) << job[0] << said;
  }
}

TEST(AgainOption, ExcludesWhatThePictureSays) {
  using Words = std::vector<std::string>;
  for (const Words& job :
       {Words{"--tutorial-size", "100"}, Words{"--size", "10x10"}, Words{"--center", "0,0"},
        Words{"--span", "1"}, Words{"--view", "-2,1,-1,1"}, Words{"--max-iter", "5"},
        Words{"--colours", "fire"}, Words{"--palette", "a.gpl"}, Words{"--inside", "ffffff"},
        Words{"--outside", "ffffff"}, Words{"--supersample", "2"}, Words{"--smallest"},
        Words{"--expect-sum", "5"}, Words{"--resume", "a.png.journal"}}) {
    Words words = {"--again", "a.png"};
    words.insert(words.end(), job.begin(), job.end());
    const std::string said = complaint_of(words);
    EXPECT_NE(said.find("excludes"), std::string::npos) << job[0] << said;
  }
}

TEST(SupersampleOption, IsForPicturesOfAView) {
  const Options fine =
      std::get<Options>(parsed({"--size", "20x10", "--supersample", "3", "--output", "a.png"}));
  EXPECT_EQ(fine.rendering.supersample, 3u);
  EXPECT_EQ(axes_of(fine.job).xs.size(), 60u);
  EXPECT_NE(complaint_of({"--size", "20x10", "--supersample", "3", "--output", "a.npy"})
                .find("--supersample: it is for pictures"),
            std::string::npos);
  EXPECT_NE(complaint_of({"--supersample", "3", "--output", "a.png"})
                .find("--supersample: the tutorial's grid can't be made finer"),
            std::string::npos);
  for (const char* bad : {"0", "1", "9", "2.5", "two"})
    EXPECT_NE(complaint_of({"--size", "20x10", "--output", "a.png", "--supersample", bad})
                  .find("--supersample: '" + std::string(bad)),
              std::string::npos);
}

TEST(SmallestOption, ReachesThePicture) {
  const auto effort = [](const std::vector<std::string>& words) {
    const Options options = std::get<Options>(parsed(words));
    return style_of(options.rendering, std::make_shared<Axes>(axes_of(options.job))).effort;
  };
  EXPECT_EQ(effort({"--size", "20x10"}), PngEffort::kFast);
  EXPECT_EQ(effort({"--size", "20x10", "--smallest"}), PngEffort::kSmall);
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
  EXPECT_TRUE(std::holds_alternative<int>(parsed({"--listen", "desk1:1", "--threads", "1"})));
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

TEST(LocationOption, BringsThePlaceAndTheLimit) {
  const TempFolder folder;
  const std::string whole = folder.path("a.kfr");
  const std::string without = folder.path("b.kfr");
  write_bytes(whole, "Re: -0.5\nIm: 0.25\nZoom: 2\nIterations: 77\n");
  write_bytes(without, "Re: -0.5\nIm: 0.25\nZoom: 2\n");
  const auto options = std::get<Options>(parsed({"--location", whole, "--size", "10x4"}));
  EXPECT_EQ(options.job, (Job{View{-0.5, 0.25, 0.5, 0.5, 10, 4}, 77}));
  EXPECT_EQ(std::get<Options>(parsed({"--location", whole, "--max-iter", "5"})).job.max_iter, 5u);
  EXPECT_EQ(std::get<Options>(parsed({"--location", without, "--max-iter", "5"})).job.max_iter, 5u);
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{without}, Words{folder.path("none")}, Words{whole, "--span", "1"},
        Words{whole, "--resume", "x"}, Words{whole, "--tutorial-size", "5"}}) {
    Words all = {"--location"};
    all.insert(all.end(), words.begin(), words.end());
    testing::internal::CaptureStderr();
    EXPECT_TRUE(std::holds_alternative<int>(parsed(all))) << words.back();
    EXPECT_NE(testing::internal::GetCapturedStderr().find("--location"), std::string::npos);
  }
}

TEST(SaveLocationOption, KnowsTwoFormats) {
  EXPECT_EQ(std::get<Options>(parsed({"--save-location", "a.kfr"})).save_location, "a.kfr");
  testing::internal::CaptureStderr();
  EXPECT_TRUE(std::holds_alternative<int>(parsed({"--save-location", "a.ini"})));
  EXPECT_NE(testing::internal::GetCapturedStderr().find("use .kfr or .toml"), std::string::npos);
}

TEST(ColoursOption, IsByRankForTrueCountIfNothingIsSaid) {
  using Words = std::vector<std::string>;
  const auto colours = [](Words words) {
    words.insert(words.end(), {"--size", "10x10"});
    return std::get<Options>(parsed(std::move(words))).rendering.map;
  };
  EXPECT_EQ(colours({}), "ultra");
#ifdef MANDEL_HAVE_DEEP
  EXPECT_EQ(colours({"--counts", "true"}), "ultra:rank");
  EXPECT_EQ(colours({"--counts", "true", "--colours", "fire"}), "fire:rank");
  EXPECT_EQ(colours({"--counts", "true", "--colours", "fire:log"}), "fire:log");
#endif
}

TEST(PaletteOption, PutsTheFilesColoursInPlaceOfAName) {
  using Words = std::vector<std::string>;
  const TempFolder folder;
  const std::string palette = folder.path("two.map");
  std::ofstream(palette) << "0 7 100\n255 170 0\n";
  const auto map = [&](Words words) {
    words.insert(words.end(), {"--palette", palette});
    return std::get<Options>(parsed(std::move(words))).rendering.map;
  };
  EXPECT_EQ(map({}), "#000764,#ffaa00");
  EXPECT_EQ(map({"--colours", ":rank"}), "#000764,#ffaa00:rank");
  EXPECT_EQ(map({"--colours", ":period=9"}), "#000764,#ffaa00:period=9");
  const auto roles = files_read(std::get<Options>(parsed({"--palette", palette})));
  EXPECT_TRUE(std::ranges::any_of(roles, [&](const FileRole& role) {
    return role.what == "--palette" && role.path == palette;
  })) << "an --output of that name would destroy it";
}

TEST(PaletteOption, WhatIsWrongIsSaid) {
  const TempFolder folder;
  std::ofstream(folder.path("bad.map")) << "0 7 100\n255 17o 0\n";
  const std::string bad = complaint_of({"--palette", folder.path("bad.map")});
  EXPECT_NE(bad.find("--palette: " + folder.path("bad.map") + ": line 2: "), std::string::npos);
  const std::string both = complaint_of({"--palette", folder.path("bad.map"), "--colours", "fire"});
  EXPECT_NE(both.find("--colours fire: --palette gives the palette"), std::string::npos) << both;
  EXPECT_NE(complaint_of({"--colours", ":rang"}).find("--colours: ':rang'"), std::string::npos);
  EXPECT_NE(complaint_of({"--inside", "white"}).find("--inside: 'white'"), std::string::npos);
}

TEST(ColoursOption, WithoutAPaletteTakesTheUsualOne) {
  EXPECT_EQ(std::get<Options>(parsed({"--colours", ":rank"})).rendering.map, "ultra:rank");
  EXPECT_EQ(std::get<Options>(parsed({"--outside", "#0a0B0c"})).rendering.outside,
            (Rgb{10, 11, 12}));
}

TEST(NumberOptions, AreDecimalAndFinite) {
  EXPECT_EQ(std::get<Options>(parsed({"--max-iter", "010"})).job.max_iter, 10u);
  EXPECT_EQ(std::get<Options>(parsed({"--expect-sum", "18446744073709551615"})).expect_sum,
            UINT64_MAX);
  EXPECT_EQ(std::get<Options>(parsed({"--patience", "0.25"})).patience_s, 0.25);
  using Words = std::vector<std::string>;
  for (const Words& words :
       {Words{"--max-iter", "0x10"}, Words{"--max-iter", "1e3"}, Words{"--max-iter", "-1"},
        Words{"--max-iter", "2147483648"}, Words{"--tutorial-size", "0x64"},
        Words{"--expect-sum", "-1"}, Words{"--expect-sum", "18446744073709551616"},
        Words{"--explain", "0x1"}, Words{"--explain", "-1"}, Words{"--patience", "nan"},
        Words{"--patience", "inf"}, Words{"--audit", "nan"}, Words{"--audit", "0x1"},
        Words{"--audit-pixels", "100001"}, Words{"--threads", "0x2"}, Words{"--chunks", "0x10"},
        Words{"--size", "0x10x5"}, Words{"--span", "nan"}, Words{"--view", "0x1,2,3,4"}}) {
    testing::internal::CaptureStderr();
    EXPECT_TRUE(std::holds_alternative<int>(parsed(words))) << words[0] << ' ' << words[1];
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find(words[0]), std::string::npos) << said;
    EXPECT_NE(said.find("'" + words[1] + "'"), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace mandel
