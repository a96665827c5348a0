// See recipe.h.
#include "master/recipe/recipe.h"

#include <fmt/format.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "common/base/decimal.h"
#include "common/base/text.h"
#include "kernels/deep/engine.h"
#include "master/colours/colour_map.h"

namespace mandel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDigestDigits = 64;
constexpr std::size_t kSoftwareMax = 64;

std::string decimals_of(double number) { return fmt::format("{}", number); }
const std::string& decimals_of(const std::string& decimals) { return decimals; }

template <typename Number>
Json json_of(const Number& re, const Number& im, const Number& step_x, const Number& step_y,
             std::uint32_t columns, std::uint32_t rows) {
  return {{"center", {decimals_of(re), decimals_of(im)}},
          {"pixel", {decimals_of(step_x), decimals_of(step_y)}},
          {"columns", columns},
          {"rows", rows}};
}

Json json_of(const Grid& grid) {
  if (const auto* tutorial = std::get_if<TutorialGrid>(&grid))
    return {{"tutorial", tutorial->size}};
  if (const auto* view = std::get_if<View>(&grid))
    return json_of(view->centre_x, view->centre_y, view->step_x, view->step_y, view->columns,
                   view->rows);
  const auto& deep = std::get<DeepView>(grid);
  return json_of(deep.re, deep.im, deep.step_x, deep.step_y, deep.columns, deep.rows);
}

// What is wrong beyond JSON is thrown as half a sentence.
double number_of(const Json& text) {
  const auto number = decimal<double>(text.get<std::string>());
  if (!number) throw std::invalid_argument("has a coordinate that is no number");
  return *number;
}

// Json would cut a number that is too large.
template <typename Number>
Number whole(const Json& json) {
  const bool is_whole = json.is_number_unsigned();
  if (!is_whole || json.get<std::uint64_t>() > std::numeric_limits<Number>::max())
    throw std::invalid_argument("has a number that can't be");
  return json.get<Number>();
}

Grid grid_of(const Json& json, bool is_deep) {
  if (json.contains("tutorial")) return TutorialGrid{whole<std::uint32_t>(json.at("tutorial"))};
  const Json& centre = json.at("center");
  const Json& pixel = json.at("pixel");
  const auto columns = whole<std::uint32_t>(json.at("columns"));
  const auto rows = whole<std::uint32_t>(json.at("rows"));
  if (is_deep)
    return DeepView{centre.at(0).get<std::string>(),
                    centre.at(1).get<std::string>(),
                    pixel.at(0).get<std::string>(),
                    pixel.at(1).get<std::string>(),
                    columns,
                    rows};
  return View{number_of(centre.at(0)),
              number_of(centre.at(1)),
              number_of(pixel.at(0)),
              number_of(pixel.at(1)),
              columns,
              rows};
}

bool is_digest(const std::string& text) {
  return text.size() == kDigestDigits &&
         text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

bool is_made_of(const Grid& grid, const Rendering& rendering) {
  if (const auto* view = std::get_if<View>(&grid)) return rendering.fits(view->columns, view->rows);
  const auto* deep = std::get_if<DeepView>(&grid);
  return deep != nullptr ? rendering.fits(deep->columns, deep->rows) : rendering.supersample == 1;
}

Result<void> check(const Recipe& recipe) {
  if (const auto checked = check(recipe.job); !checked)
    return fail("names a job that can't be: " + checked.error().what);
  if (const auto map = ColourMap::make(recipe.rendering); !map) return fail(map.error().what);
  if (!is_made_of(recipe.job.grid, recipe.rendering))
    return fail("has pixels that are not made of whole counts");
  if (!is_digest(recipe.counts_sha256)) return fail("has a broken digest");
  return {};
}

}  // namespace

std::string text_of(const Recipe& recipe) {
  const Json json = {{"software", recipe.software},          {"counts", semantics_of(recipe.job)},
                     {"grid", json_of(recipe.job.grid)},     {"max_iter", recipe.job.max_iter},
                     {"colours", recipe.rendering.text()},   {"sum", recipe.sum},
                     {"counts_sha256", recipe.counts_sha256}};
  return json.dump();
}

Result<Recipe> parse_recipe(const std::string& text) try {
  const Json json = Json::parse(text);
  const auto semantics = json.at("counts").get<std::string>();
  if (semantics != kExactF64 && semantics != kTrueCount)
    return fail(fmt::format("has counts of a kind that this version does not know: {}",
                            printable(semantics)));
  const auto rendering = Rendering::parse(json.at("colours").get<std::string>());
  if (!rendering) return tl::unexpected(rendering.error());
  Recipe recipe{
      .software = printable(json.at("software").get<std::string>().substr(0, kSoftwareMax)),
      .job = {.grid = grid_of(json.at("grid"), semantics == kTrueCount),
              .max_iter = whole<std::uint32_t>(json.at("max_iter"))},
      .rendering = *rendering,
      .sum = whole<std::uint64_t>(json.at("sum")),
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
    const std::string text = decimals_of(number);
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
