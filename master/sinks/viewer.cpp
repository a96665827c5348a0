// See viewer.h.
#include "master/sinks/viewer.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/base/escape.h"
#include "master/sinks/viewer_text.h"

namespace mandel {
namespace {

constexpr std::string_view kGenerator = R"(<meta name="generator" content="mandel-master">)";
constexpr std::uint32_t kSmallLevel = 8;  // the deepest that is one tile, whatever the picture

std::string poster_line(std::string_view name) {
  return fmt::format(R"(<meta name="poster" content="{}">)", escape(name));
}

std::string geometry(std::string_view name, const Pyramid& pyramid,
                     const std::optional<PosterPlane>& plane) {
  using nlohmann::ordered_json;
  const auto size = pyramid.pixels(pyramid.deepest());
  ordered_json all = {{"name", name},
                      {"columns", size.columns},
                      {"rows", size.rows},
                      {"deepest", pyramid.deepest()},
                      {"tile", Pyramid::kTileSide},
                      {"overlap", Pyramid::kOverlap}};
  if (plane) {
    all["x"] = {plane->x_first, plane->x_last};
    all["y"] = {plane->y_first, plane->y_last};
  }
  std::string text = all.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
  for (std::size_t at = 0; (at = text.find('<', at)) != std::string::npos;)
    text.replace(at, 1, "\\u003c");  // "</script" would end it
  return text;
}

}  // namespace

std::string viewer_page(std::string_view name, const Pyramid& pyramid, std::uint32_t max_iter,
                        const std::optional<PosterPlane>& plane, const std::string& recipe) {
  const auto size = pyramid.pixels(pyramid.deepest());
  const std::string pixels = fmt::format("{} x {} pixels", size.columns, size.rows);
  return filled(
      kViewerPage,
      {{"NAME", escape(name)},
       {"TITLE", fmt::format("{}: {}", escape(name), pixels)},
       {"ALT", fmt::format("A picture of the Mandelbrot set, {}, {} iterations", pixels, max_iter)},
       {"SMALL",
        fmt::format("{}_files/{}/0_0.png", escape(name), std::min(kSmallLevel, pyramid.deepest()))},
       {"GEOMETRY", geometry(name, pyramid, plane)},
       {"RECIPE", recipe}});
}

bool is_viewer_page(std::string_view head) { return head.find(kGenerator) != head.npos; }

bool is_viewer_of(std::string_view head, std::string_view name) {
  return is_viewer_page(head) && head.find(poster_line(name)) != head.npos;
}

}  // namespace mandel
