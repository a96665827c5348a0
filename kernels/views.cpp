// See views.h.
#include "kernels/views.h"

#include <algorithm>
#include <array>

namespace mandel {
namespace {

// A square of `pixels` x `pixels` around a centre, `width` from edge to edge.
constexpr View square(double centre_x, double centre_y, double width, std::uint32_t pixels) {
  return {centre_x, centre_y, width / pixels, width / pixels, pixels, pixels};
}

constexpr std::array kViews = {
    NamedView{"a", "the tutorial's picture, 500 x 500", 1000, 1000, {}},
    NamedView{"b", "the tutorial's region, 4000 x 4000", 1000, 8000, {}},
    NamedView{"c", "seahorse valley at 1e-6, three quarters interior", 20000, 0,
              square(-0.743643887037151, 0.131825904205330, 1e-6, 1000)},
    NamedView{"d", "inside the cardioid, nothing escapes", 5000, 0, square(-0.2, 0.1, 0.2, 500)},
    NamedView{"e1", "the cusp at 1/4, where orbits crawl", 50000, 0, square(0.25, 0.0, 0.01, 256)},
    NamedView{"e2", "the neck at -3/4, where orbits crawl", 50000, 0,
              square(-0.75, 0.0, 0.01, 256)},
    NamedView{"f", "the tip at -2", 1000, 0, square(-2.0, 0.0, 0.01, 500)},
    NamedView{"h", "the island of period 3", 2000, 0, square(-1.7548776662466927, 0.0, 0.05, 500)},
    NamedView{"x", "all detail, no interior: the hard case", 5000, 0,
              square(-0.7453, 0.1127, 6.5e-4, 1000)},
};

// As many coordinates as asked for, around the one that lies `where` of the way along.
std::vector<double> crop(const std::vector<double>& all, double where, std::size_t size) {
  const auto middle = static_cast<std::size_t>(where * static_cast<double>(all.size()));
  const std::size_t first = std::min(middle - std::min(middle, size / 2), all.size() - size);
  const auto part = std::span(all).subspan(first, size);
  return {part.begin(), part.end()};
}

}  // namespace

std::span<const NamedView> named_views() { return kViews; }

const NamedView* find_view(std::string_view name) {
  const auto found = std::ranges::find(kViews, name, &NamedView::name);
  return found == kViews.end() ? nullptr : &*found;
}

Axes view_axes(const NamedView& view) {
  return view.request != 0 ? tutorial_axes(view.request) : view_axes(view.view);
}

Axes view_axes(const NamedView& named, std::uint32_t columns, std::uint32_t rows) {
  if (named.request != 0) {
    // Size 2n gives n coordinates each way, give or take one.
    const Axes all = tutorial_axes(std::max(named.request, 2 * std::max(columns, rows) + 2));
    return {crop(all.xs, 0.42, columns), crop(all.ys, 0.44, rows)};
  }
  View view = named.view;
  view.step_x *= static_cast<double>(view.columns) / columns;
  view.step_y *= static_cast<double>(view.rows) / rows;
  view.columns = columns;
  view.rows = rows;
  return view_axes(view);
}

std::string known_views() {
  std::string names;
  for (const NamedView& view : kViews) names.append(names.empty() ? "" : ", ").append(view.name);
  return names;
}

}  // namespace mandel
