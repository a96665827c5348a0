// What a picture says of itself, when anybody may have written it. What is taken comes back from
// its own text, and can be computed.
#include <cstdint>
#include <string>

#include "master/recipe/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mandel;
  const auto recipe = parse_recipe(std::string(reinterpret_cast<const char*>(data), size));
  if (!recipe) return 0;
  MANDEL_ASSERT(parse_recipe(text_of(*recipe)) == *recipe);
  MANDEL_ASSERT(check(recipe->job));
  MANDEL_ASSERT(!in_words(*recipe).empty());
  return 0;
}
