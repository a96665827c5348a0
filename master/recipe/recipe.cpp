// See recipe.h.
#include "master/recipe/recipe.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/base/sha256.h"
#include "common/base/text.h"
#include "kernels/deep/engine.h"
#include "master/colours/colour_map.h"
#include "master/recipe/job_json.h"

namespace mandel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kSoftwareMax = 64;

bool is_made_of(const Job& job, const Rendering& rendering) {
  if (rendering.supersample == 1) return true;
  const Axes axes = axes_of(job);
  return rendering.fits(static_cast<std::uint32_t>(axes.xs.size()),
                        static_cast<std::uint32_t>(axes.ys.size()));
}

Result<void> check(const Recipe& recipe) {
  if (const auto map = ColourMap::make(recipe.rendering); !map) return fail(map.error().what);
  if (!is_made_of(recipe.job, recipe.rendering))
    return fail("has pixels that are not made of whole counts");
  if (!is_sha256(recipe.counts_sha256)) return fail("has a broken digest");
  return {};
}

}  // namespace

std::string text_of(const Recipe& recipe) {
  Json json = {{"software", recipe.software}};
  json.update(json_of(recipe.job));
  json.update({{"colours", recipe.rendering.text()},
               {"sum", recipe.sum},
               {"counts_sha256", recipe.counts_sha256}});
  return json.dump();
}

Result<Recipe> parse_recipe(const std::string& text) try {
  const Json json = Json::parse(text);
  const Job job = job_of(json);
  const auto rendering = Rendering::parse(json.at("colours").get<std::string>());
  if (!rendering) return tl::unexpected(rendering.error());
  Recipe recipe{
      .software = printable(json.at("software").get<std::string>().substr(0, kSoftwareMax)),
      .job = job,
      .rendering = *rendering,
      .sum = whole<std::uint64_t>(json, "sum"),
      .counts_sha256 = json.at("counts_sha256").get<std::string>()};
  if (const auto checked = check(recipe); !checked) return tl::unexpected(checked.error());
  return recipe;
} catch (const std::invalid_argument& error) {
  return fail(error.what());
} catch (const Json::exception&) {
  return fail("is broken, or of another program");
}

namespace {

template <typename Number>
std::string in_words(const Number& re, const Number& im, const Number& step_x,
                     std::uint32_t columns, std::uint32_t rows, std::uint32_t supersample) {
  const auto shown = [](const Number& number) {
    constexpr std::size_t kShown = 40;
    const std::string text = fmt::format("{}", number);
    return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
  };
  return fmt::format("{} x {} pixels{}, a count {} wide, about {},{}", columns / supersample,
                     rows / supersample,
                     supersample == 1 ? "" : fmt::format(" of {0} x {0} counts", supersample),
                     shown(step_x), shown(re), shown(im));
}

std::string in_words(const Grid& grid, std::uint32_t n) {
  if (const auto* tutorial = std::get_if<TutorialGrid>(&grid))
    return fmt::format("the tutorial's for {}", tutorial->size);
  if (const auto* view = std::get_if<View>(&grid))
    return in_words(view->centre_x, view->centre_y, view->step_x, view->columns, view->rows, n);
  const auto& deep = std::get<DeepView>(grid);
  return in_words(deep.re, deep.im, deep.step_x, deep.columns, deep.rows, n);
}

}  // namespace

Rendering rendering_for(const Job& job, Rendering rendering) {
  if (semantics_of(job) == kTrueCount)
    rendering.map = ColourMap::by_rank_unless_said(std::move(rendering.map));
  return rendering;
}

std::string in_words(const Recipe& recipe) {
  return fmt::format(
      "  made by     {}\n"
      "  picture     {}\n"
      "  iterations  {}\n"
      "  counts      {}, sum {}\n"
      "  SHA-256     {}\n"
      "  colours     {}\n",
      recipe.software, in_words(recipe.job.grid, recipe.rendering.supersample), recipe.job.max_iter,
      semantics_of(recipe.job), recipe.sum, recipe.counts_sha256, recipe.rendering.text());
}

}  // namespace mandel
