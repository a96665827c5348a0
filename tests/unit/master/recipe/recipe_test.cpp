// A recipe comes back as it was written, and nothing else comes back at all.
#include "master/recipe/recipe.h"

#include <fstream>
#include <gtest/gtest.h>
#include <regex>

#include "kernels/deep/engine.h"
#include "master/sinks/png_encoder.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

const std::string kSomeDigest(64, 'a');

Recipe recipe_of(Grid grid, Rendering rendering = {}) {
  return {
      "mandel 0.1.0", {std::move(grid), 5000}, std::move(rendering), 7'254'400'959, kSomeDigest};
}

// Steps that no short decimal is equal to.
const View kValley{-0.7453, 0.1127, 6.5e-4 / 1200, 6.5e-4 / 1201, 1200, 900};

std::string changed(const std::string& pattern, const std::string& to) {
  return std::regex_replace(text_of(recipe_of(kValley)), std::regex(pattern), to);
}

std::string error_of(const std::string& text) {
  const auto recipe = parse_recipe(text);
  return recipe ? "accepted" : recipe.error().what;
}

TEST(RecipeText, ComesBackToTheLastBit) {
  for (const Recipe& recipe :
       {recipe_of(TutorialGrid{1001}), recipe_of(TutorialGrid{1000}, {.supersample = 2}),
        recipe_of(kValley),
        recipe_of(kValley, {.map = "fire:period=64", .inside = Rgb{1, 2, 3}, .supersample = 3})}) {
    const auto read = parse_recipe(text_of(recipe));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, recipe);
  }
}

TEST(RecipeText, NamesNoHostAndNoPath) {
  EXPECT_EQ(text_of(recipe_of(TutorialGrid{1000})),
            R"({"software":"mandel 0.1.0","counts":"exact-f64","grid":{"tutorial":1000},)"
            R"("max_iter":5000,"colours":"ultra","sum":7254400959,"counts_sha256":")" +
                kSomeDigest + "\"}");
}

#ifdef MANDEL_HAVE_DEEP
TEST(RecipeText, KeepsAllDigitsOfADeepView) {
  const std::string digits = "-0.7435" + std::string(300, '7');
  const Recipe recipe = recipe_of(DeepView{digits, "0.1", "1e-290", "1e-290", 30, 20});
  const auto read = parse_recipe(text_of(recipe));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, recipe);
}
#endif

TEST(RecipeText, WhatCanNotBeIsRefused) {
  ASSERT_EQ(error_of(changed("sum", "sum")), "accepted");
  for (const auto& [pattern, to] :
       std::vector<std::pair<std::string, std::string>>{{"5000", "-5"},
                                                        {"5000", "4294972296"},  // 2^32 + 5000
                                                        {"5000", "5e3"},
                                                        {"5000", "3000000000"},
                                                        {"1200", "0"},
                                                        {"1200", "99999999"},
                                                        {"-0.7453", "nan"},
                                                        {"-0.7453", "-0.7453x"},
                                                        {"\"0.1127\"", "0.1127"},
                                                        {"aaaa\"", "aaa\""},
                                                        {"aaaa\"", "aaaA\""},
                                                        {"ultra", "nosuchmap"},
                                                        {"ultra", "ultra supersample=7"},
                                                        {"exact-f64", "other-counts"},
                                                        {"\"max_iter\"", "\"maxiter\""},
                                                        {"\\}$", ""},
                                                        {"^\\{", "["}})
    EXPECT_NE(error_of(changed(pattern, to)), "accepted") << pattern << " -> " << to;
  for (const std::string text : {"", "null", "[]", "{}", "\"\"", "\xff\xfe"})
    EXPECT_NE(error_of(text), "accepted") << text;
}

class RecipeFile : public testing::Test {
 protected:
  std::string written(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return path_;
  }
  std::string error_in(const std::string& bytes) {
    const auto recipe = read_recipe(written(bytes));
    return recipe ? "accepted" : recipe.error().what;
  }
  static std::string png(const std::string& texts) {
    const std::vector<Rgb> pixels(6);
    const std::string whole = png_of(pixels, 3);
    const std::size_t end = whole.size() - PngFile::end().size();
    return whole.substr(0, end) + texts + whole.substr(end);
  }

  TempFolder folder_;
  const std::string path_ = folder_.path("p.png");
  const Recipe recipe_ = recipe_of(kValley);
};

TEST_F(RecipeFile, OfAPngAmongOtherTexts) {
  const auto read = read_recipe(written(
      png(PngFile::text("Comment", "hello") + PngFile::text(kRecipeKeyword, text_of(recipe_)))));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(*read, recipe_);
}

TEST_F(RecipeFile, BesideAnOutputOrAlone) {
  const std::string npy = folder_.path("c.npy");
  std::ofstream(npy) << "counts";
  std::ofstream(npy + kRecipeSuffix) << text_of(recipe_) << "\n";
  EXPECT_EQ(read_recipe(npy).value(), recipe_);
  EXPECT_EQ(read_recipe(npy + kRecipeSuffix).value(), recipe_);
}

TEST_F(RecipeFile, InAComment) {
  Recipe recipe = recipe_;
  recipe.software = "mandel --> 0.1.0";
  const std::string comment = comment_of(text_of(recipe));
  EXPECT_EQ(comment.find("--", 4), comment.size() - 3) << "no comment may have two dashes";
  EXPECT_EQ(read_recipe(written("<html><!-- a -->" + comment + "</html>")).value(), recipe);
  EXPECT_EQ(error_in(comment.substr(0, 50)), path_ + " is broken, or of another program");
  EXPECT_EQ(error_in("<!-- recipe -->"), path_ + " is broken, or of another program");
}

TEST_F(RecipeFile, OthersAreRefusedByName) {
  const std::string text = PngFile::text(kRecipeKeyword, text_of(recipe_));
  EXPECT_TRUE(error_in(png("")).starts_with(path_ + " does not say how it was made"));
  EXPECT_EQ(error_in(png(text).substr(0, png(text).size() - 100)), path_ + " is damaged");
  std::string flipped = png(text);
  flipped[flipped.find("max_iter")] ^= 1;
  EXPECT_EQ(error_in(flipped), path_ + " is damaged");
  EXPECT_EQ(error_in(png(PngFile::text(kRecipeKeyword, "{}"))),
            path_ + " is broken, or of another program");
  EXPECT_EQ(error_in("notes"), path_ + " is broken, or of another program");
  EXPECT_EQ(read_recipe(folder_.path("none.png")).error().what,
            folder_.path("none.png") + " does not exist");
  EXPECT_FALSE(read_recipe(folder_.path(".")));
}

// A length that leads nowhere: neither memory nor time is spent on it.
TEST_F(RecipeFile, ALyingLengthEndsTheSearch) {
  const std::string begin = png("").substr(0, 33);
  EXPECT_TRUE(error_in(begin + "\xff\xff\xff\xf0iTXt").starts_with(path_ + " does not say"));
  EXPECT_TRUE(error_in(begin + "\xff\xff\xff\xf0IDAT").starts_with(path_ + " does not say"));
}

}  // namespace
}  // namespace mandel
