// What a picture says of itself, and what a line says of a chunk, when anybody may have written it.
// What is taken comes back from its own text, and can be computed.
#include <cstdint>
#include <string>

#include "master/lines/chunk_line.h"
#include "master/recipe/recipe.h"

namespace mandel {
namespace {

void read_as_recipe(const std::string& text) {
  const auto recipe = parse_recipe(text);
  if (!recipe) return;
  MANDEL_ASSERT(parse_recipe(text_of(*recipe)) == *recipe);
  MANDEL_ASSERT(check(recipe->job));
  MANDEL_ASSERT(!in_words(*recipe).empty());
}

// A result has its chunk's fields and more.
void read_as_line(const std::string& text) {
  const auto chunk = parse_chunk(text);
  const auto result = parse_result(text);
  if (chunk) MANDEL_ASSERT(parse_chunk(text_of(*chunk)) == *chunk && check(chunk->job));
  if (result) MANDEL_ASSERT(chunk == result->chunk && parse_result(text_of(*result)) == *result);
  if (chunk) (void)check_cut(*chunk, 1000, 1000);
}

}  // namespace
}  // namespace mandel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  mandel::read_as_recipe(text);
  mandel::read_as_line(text);
  return 0;
}
