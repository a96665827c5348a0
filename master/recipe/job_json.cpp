// See job_json.h.
#include "master/recipe/job_json.h"

#include <fmt/format.h>

#include "common/base/decimal.h"
#include "common/base/text.h"
#include "kernels/deep/engine.h"

namespace mandel {
namespace {

using Json = nlohmann::ordered_json;

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

double number_of(const Json& text) {
  const auto number = decimal<double>(text.get<std::string>());
  if (!number) throw std::invalid_argument("has a coordinate that is no number");
  return *number;
}

Grid grid_of(const Json& json, bool is_deep) {
  if (json.contains("tutorial")) return TutorialGrid{whole<std::uint32_t>(json, "tutorial")};
  const Json& centre = json.at("center");
  const Json& pixel = json.at("pixel");
  const auto columns = whole<std::uint32_t>(json, "columns");
  const auto rows = whole<std::uint32_t>(json, "rows");
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

}  // namespace

Json json_of(const Job& job) {
  return {{"counts", semantics_of(job)}, {"grid", json_of(job.grid)}, {"max_iter", job.max_iter}};
}

Job job_of(const Json& json) {
  const auto semantics = json.at("counts").get<std::string>();
  if (semantics != kExactF64 && semantics != kTrueCount)
    throw std::invalid_argument(fmt::format(
        "has counts of a kind that this version does not know: {}", printable(semantics)));
  Job job{.grid = grid_of(json.at("grid"), semantics == kTrueCount),
          .max_iter = whole<std::uint32_t>(json, "max_iter")};
  if (const auto checked = check(job); !checked)
    throw std::invalid_argument("names a job that can't be: " + checked.error().what);
  return job;
}

}  // namespace mandel
