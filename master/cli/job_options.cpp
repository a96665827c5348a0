// See job_options.h.
#include "master/cli/job_options.h"

#include <algorithm>
#include <fmt/format.h>
#include <variant>

#include "common/program/shared_options.h"
#include "kernels/deep/engine.h"
#include "master/cli/view_option.h"
#include "master/places/read_location.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

// The file of --location, if there is one.
Result<void> read_location(const Options& options, JobText& text) {
  if (options.location.empty()) return {};
  auto location = read_location_file(options.location);
  if (!location) return fail("--location: " + location.error().what);
  text.view.location = *std::move(location);
  return {};
}

Result<Grid> read_grid(const JobText& text) {
  if (text.view.is_given()) return parse_view(text.view);
  return TutorialGrid{text.tutorial_size.value_or(TutorialGrid{}.size)};
}

}  // namespace

void add_job_options(CLI::App& app, Options& options, JobText& text) {
  add_view_options(app, text.tutorial_size, text.view, options.location);
  add_read(app, "--counts", text.view.counts, read_counts,
           "f64: of the points rounded to 64-bit numbers; true: of the points themselves, proved; "
           "default: true where 64-bit numbers can't tell the pixels apart")
      ->type_name("f64|true")
      ->default_str("")
      ->group("The job");
  add_number(app, "--max-iter", text.max_iter, 0u, kIterMax,
             "iterations after which a point is inside; with --location what the file says")
      ->type_name("N")
      ->default_str(fmt::format("{}", options.job.max_iter))
      ->group("The job");
}

void add_place_options(CLI::App& app, Options& options, JobText& text) {
  add_view_options(app, text.tutorial_size, text.view, options.location);
  app.get_option("--tutorial-size")->default_str("");  // nowhere, if nothing is said
}

Result<std::optional<Grid>> read_place(const Options& options, JobText text) {
  if (auto read = read_location(options, text); !read) return tl::unexpected(read.error());
  if (!text.tutorial_size && !text.view.is_given()) return std::nullopt;
  return read_grid(text);
}

Result<void> read_job(Options& options, JobText& text) {
  if (auto read = read_location(options, text); !read) return read;
  if (text.view.location && !text.max_iter) text.max_iter = text.view.location->max_iter;
  if (text.view.location && !text.max_iter)
    return fail(fmt::format("--location: {} has no limit of iterations: give --max-iter",
                            options.location));
  options.job.max_iter = text.max_iter.value_or(options.job.max_iter);
  text.view.supersample = options.rendering.supersample;
  if (text.view.supersample > 1 && std::ranges::none_of(options.outputs, is_picture))
    return fail(
        "--supersample: it is for pictures; give an --output whose name ends with .png or .dzi");
  if (!text.view.is_given()) {
    if (text.view.counts == CountsWanted::kTrue)
      return fail(
          "--counts true: the tutorial's grid consists of rounded numbers; give a view instead, by "
          "--size, --center and --span");
    if (text.view.supersample > 1)
      return fail(
          "--supersample: the tutorial's grid can't be made finer; give a view instead, by --size, "
          "--center and --span");
  }
  const auto grid = read_grid(text);
  if (!grid) return tl::unexpected(grid.error());
  options.job.grid = *grid;
  options.is_made_deep =
      text.view.counts == CountsWanted::kByView && std::holds_alternative<DeepView>(*grid);
  options.rendering = rendering_for(options.job, std::move(options.rendering));
  if (const auto checked = check(options.job); !checked)
    return fail((text.view.is_given() ? "--size, --max-iter: " : "--tutorial-size, --max-iter: ") +
                checked.error().what);
  return {};
}

}  // namespace mandel
