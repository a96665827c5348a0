// Which colour a count gets, in every map and by every way.
#include "master/colours/colour_map.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <numeric>

namespace mandel {
namespace {

ColourMap map_of(const char* map) { return *ColourMap::make({.map = map}); }

// That knows a picture with all counts up to 1000, and was so made.
ColourMap learnt(const Rendering& rendering) {
  ColourMap map = *ColourMap::make(rendering);
  std::vector<std::uint32_t> counts(1001);
  std::iota(counts.begin(), counts.end(), 0u);
  CountRanks ranks(counts.size());
  ranks.add(counts);
  ranks.sort();
  map.learn(std::move(ranks));
  return map;
}

std::string map_error(const char* map) {
  const auto made = ColourMap::make({.map = map});
  return made ? "accepted" : made.error().what;
}

TEST(ColourMap, TheSetIsBlackInEveryMapAndNothingNearItIs) {
  for (const char* name : {"ultra", "fire", "ocean", "grey", "tutorial", "ultra:period"}) {
    const auto map = ColourMap::make({.map = name});
    ASSERT_TRUE(map) << name;
    EXPECT_EQ((*map)(0), Rgb{}) << name;
    for (const std::uint32_t count : {1u, 2u, 100u, 5000u})
      EXPECT_NE((*map)(count), Rgb{}) << name << " " << count;
  }
}

// Pictures that were made before keep their colours.
TEST(ColourMap, TheNamesStayAsTheyAre) {
  EXPECT_EQ(map_of("ultra")(7), (Rgb{66, 23, 25}));
  EXPECT_EQ(map_of("fire")(1000), (Rgb{247, 167, 70}));
  EXPECT_EQ(map_of("ocean")(40), (Rgb{30, 140, 152}));
  EXPECT_EQ(map_of("grey")(100'000), (Rgb{86, 86, 86}));
  EXPECT_EQ(map_of("ultra:log")(7), map_of("ultra")(7));
}

TEST(ColourMap, WhatIsNoMapIsSaid) {
  EXPECT_NE(map_error("plaid").find("'plaid'; there are: ultra, "), std::string::npos);
  EXPECT_NE(map_error("tutorial:rank").find("tutorial takes no"), std::string::npos);
  for (const char* bad : {"fire:", "fire:rang", "fire:rank:rank", "fire:period=", "fire:period=1",
                          "fire:period=1000001", "fire:period=-4", "fire:period=4x"})
    EXPECT_NE(map_error(bad).find("there are: :log, "), std::string::npos) << map_error(bad);
  EXPECT_NE(map_error("#000000,#12345g").find("'#12345g' is no colour"), std::string::npos);
}

TEST(ColourMap, IsByRankWhereNothingElseIsSaid) {
  EXPECT_EQ(ColourMap::by_rank_unless_said("fire"), "fire:rank");
  EXPECT_EQ(ColourMap::by_rank_unless_said("fire:rank"), "fire:rank");
  EXPECT_EQ(ColourMap::by_rank_unless_said("fire:log"), "fire:log");
  EXPECT_EQ(ColourMap::by_rank_unless_said("fire:period=9"), "fire:period=9");
  EXPECT_EQ(ColourMap::by_rank_unless_said("tutorial"), "tutorial");
  EXPECT_EQ(ColourMap::by_rank_unless_said("#000000,#ffffff"), "#000000,#ffffff:rank");
}

TEST(ColourMap, TheTutorialsMappingCarriesFromByteToByte) {
  const auto map = map_of("tutorial");
  EXPECT_EQ(map(1), (Rgb{8, 8, 8}));
  EXPECT_EQ(map(31), (Rgb{248, 248, 248}));
  EXPECT_EQ(map(33), (Rgb{8, 9, 9}));  // 33 * 8 = 264: 8, carry 1
}

TEST(ColourMap, TableAndFormulaAgreeWhereOneEndsAndTheOtherBegins) {
  const auto map = map_of("grey");
  const int step = std::abs(int{map(4095).red} - int{map(4096).red});
  EXPECT_LE(step, 1);
}

// Many at once, in rows of any length, with counts that have no place in the table.
TEST(ColourMap, ARowGetsTheColoursOfItsCountsAndNoByteMore) {
  constexpr Rgb kBehind{1, 2, 3};
  for (const auto& map : {map_of("ultra"), map_of("tutorial"), learnt({.map = "fire:rank"})})
    for (std::size_t columns = 0; columns < 40; ++columns) {
      std::vector<std::uint32_t> counts(columns);
      for (std::size_t k = 0; k < columns; ++k)
        counts[k] = static_cast<std::uint32_t>(k % 20 < 3 ? 4094 + k : 7 * k);
      std::vector<Rgb> row(columns + 1, kBehind);
      map(counts, std::span(row).first(columns));
      for (std::size_t k = 0; k < columns; ++k) ASSERT_EQ(row[k], map(counts[k])) << k;
      ASSERT_EQ(row[columns], kBehind) << columns;
    }
}

TEST(ColourMap, APeriodRepeatsAndTheCountsWithinItHaveTheWholeRing) {
  const auto map = map_of("#000000,#100000,#200000,#300000:period=4");
  for (const std::uint32_t first : {4u, 4'000u, 4'096u, 4'000'000'000u}) {
    EXPECT_EQ(map(first), (Rgb{0x00, 0, 0})) << first;
    EXPECT_EQ(map(first + 1), (Rgb{0x10, 0, 0})) << first;
    EXPECT_EQ(map(first + 2), (Rgb{0x20, 0, 0})) << first;
    EXPECT_EQ(map(first + 3), (Rgb{0x30, 0, 0})) << first;
  }
  EXPECT_EQ(map_of("fire:period")(100), map_of("fire:period=64")(100));
}

TEST(ColourMap, InsideAndOutsideAreAsSaid) {
  const Rgb white{255, 255, 255}, red{255, 0, 0};
  for (const char* name : {"ultra", "tutorial", "grey:period=7", "#0000ff,#00ffff"}) {
    const auto map = *ColourMap::make({.map = name, .inside = white, .outside = red});
    EXPECT_EQ(map.at(0, 0, 0), white) << name;
    EXPECT_EQ(map.at(0, 2, 1), red) << name;
    EXPECT_EQ(map.at(5, 2, 1), map_of(name)(5)) << name;
  }
  EXPECT_EQ(learnt({.map = "fire:rank", .inside = white})(0), white);
  EXPECT_EQ(map_of("#0000ff,#00ffff").at(0, 2, 1), (Rgb{0, 0, 255})) << "its first";
}

// Whoever writes an indexed picture looks colours up there.
TEST(ColourMap, AllColoursHaveWhateverAPixelCanGet) {
  struct Expected {
    const char* map;
    std::uint32_t max_iter;
    bool is_few;
  };
  for (const Expected& one :
       {Expected{"ultra", 200, true}, Expected{"ultra", 1001, false}, Expected{"grey", 1001, true},
        Expected{"grey:rank", 1001, true}, Expected{"ultra:rank", 1001, false},
        Expected{"ultra:period=254", 1001, true}, Expected{"ultra:period=300", 1001, false},
        Expected{"ultra:period=300", 100, true}, Expected{"tutorial", 255, true},
        Expected{"tutorial", 1001, false}, Expected{"#ffffff", 1001, true},
        Expected{"#000000,#ff0000,#ffff00:rank", 1001, false},
        Expected{"#101010,#ffff10:rank", 1001, true}, Expected{"#000000,#112233", 1001, true},
        Expected{"ultra", 0, true}}) {
    const Rendering rendering{.map = one.map, .inside = Rgb{1, 2, 3}, .outside = Rgb{9, 9, 9}};
    const auto map = learnt(rendering);
    const auto all = map.all_colours(one.max_iter);
    ASSERT_EQ(all.has_value(), one.is_few) << one.map;
    if (!all) continue;
    EXPECT_LE(all->size(), 256u);
    EXPECT_TRUE(std::ranges::is_sorted(*all));
    EXPECT_EQ(std::ranges::adjacent_find(*all), all->end()) << "twice";
    EXPECT_TRUE(std::ranges::binary_search(*all, map.at(0, 3, 0)));
    for (std::uint32_t count = 0; count < one.max_iter; ++count)
      EXPECT_TRUE(std::ranges::binary_search(*all, map(count))) << one.map << " " << count;
  }
}

}  // namespace
}  // namespace mandel
