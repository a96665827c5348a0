// What a picture says of itself: how it was made, and how its counts are to come out when it is
// made again. Text in JSON, which stands in a PNG or a poster, or in a file beside other outputs.
// It names no host and no path: pictures are given away.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/error.h"
#include "common/wire/job.h"
#include "master/colours/rendering.h"

namespace mandel {

// Of a PNG's text.
inline constexpr const char* kRecipeKeyword = "mandel";
// Of a file that stands beside an output: counts.npy.json.
inline constexpr const char* kRecipeSuffix = ".json";

struct Recipe {
  std::string software;  // "mandel 0.2.0"
  Job job;
  Rendering rendering;
  std::uint64_t sum = 0;      // of the counts
  std::string counts_sha256;  // 64 lower-case hex digits

  bool operator==(const Recipe&) const = default;
};

// Coordinates are decimals that read back as the same numbers.
std::string text_of(const Recipe& recipe);

// Of anything: what comes back can be computed. An error is half a sentence about the text.
Result<Recipe> parse_recipe(const std::string& text);

// The text as a comment of HTML or XML: the files of a poster say it so.
std::string comment_of(std::string text);

// From a PNG, a file beside `path`, a poster's .dzi or page, or one that holds the text alone.
// Errors name the file.
Result<Recipe> read_recipe(const std::string& path);

// The same, but by rank where the job is of true-count and nothing is said of the map's kind.
Rendering rendering_for(const Job& job, Rendering rendering);

// A few lines for people.
std::string in_words(const Recipe& recipe);

}  // namespace mandel
