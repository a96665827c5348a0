// See recipe_text.h.
#include "master/sinks/recipe_text.h"

#include <fmt/format.h>
#include <utility>

#include "common/program/version.h"
#include "master/recipe/recipe.h"

namespace mandel {

std::function<std::string()> recipe_text(Job job, Rendering rendering,
                                         std::shared_ptr<const CountsDigest> digest) {
  return [job = std::move(job), rendering = std::move(rendering), digest = std::move(digest)] {
    return text_of(
        Recipe{fmt::format("mandel {}", kVersion), job, rendering, digest->sum, digest->sha256});
  };
}

}  // namespace mandel
