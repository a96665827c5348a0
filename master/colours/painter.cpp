// See painter.h.
#include "master/colours/painter.h"

#include <algorithm>

#include "common/base/error.h"

namespace mandel {
namespace {

// Where a row of the plane leaves the disc of radius 2, to the left and to the right: only there
// has a count of 0 two meanings, and elsewhere nobody has to ask.
struct Disc {
  std::size_t begin;
  std::size_t end;
};

Disc disc_in(const Axes& axes, double y, std::size_t columns) {
  const auto is_outside = [&](std::size_t k) { return axes.xs[k] * axes.xs[k] + y * y > 4; };
  Disc disc{0, columns};
  while (disc.begin < disc.end && is_outside(disc.begin)) ++disc.begin;
  while (disc.begin < disc.end && is_outside(disc.end - 1)) --disc.end;
  return disc;
}

}  // namespace

Painter::Painter(std::shared_ptr<const Axes> axes, ColourMap colours, std::uint32_t supersample)
    : axes_(std::move(axes)),
      colours_(std::move(colours)),
      supersample_(supersample),
      columns_(static_cast<std::uint32_t>(axes_->xs.size()) / supersample),
      rows_(static_cast<std::uint32_t>(axes_->ys.size()) / supersample) {}

// A row of counts.
void Painter::colour(std::uint32_t row, std::span<const std::uint32_t> counts,
                     std::span<Rgb> out) const {
  const double y = axes_->ys[row];
  const Disc disc = disc_in(*axes_, y, out.size());
  const std::size_t within = disc.end - disc.begin;
  colours_(counts.subspan(disc.begin, within), out.subspan(disc.begin, within));
  for (std::size_t k = 0; k < disc.begin; ++k) out[k] = colours_.at(counts[k], axes_->xs[k], y);
  for (std::size_t k = disc.end; k < out.size(); ++k)
    out[k] = colours_.at(counts[k], axes_->xs[k], y);
}

void Painter::add_light(std::uint32_t row, std::span<const std::uint32_t> counts,
                        std::span<Light> sums) const {
  const double y = axes_->ys[row];
  std::size_t k = 0;
  for (Light& sum : sums)
    for (std::uint32_t sample = 0; sample < supersample_; ++sample, ++k)
      sum += light_of(colours_.at(counts[k], axes_->xs[k], y));
}

void Painter::paint(std::uint32_t row, std::span<const std::uint32_t> counts,
                    std::span<Rgb> pixels) const {
  MANDEL_ASSERT(pixels.size() == columns_);
  MANDEL_ASSERT(counts.size() == axes_->xs.size() * supersample_);
  if (supersample_ == 1) return colour(row, counts, pixels);
  std::vector<Light> sums(columns_);
  for (std::uint32_t sample = 0; sample < supersample_; ++sample)
    add_light(row * supersample_ + sample,
              counts.subspan(sample * axes_->xs.size(), axes_->xs.size()), sums);
  const std::uint32_t samples = supersample_ * supersample_;
  std::ranges::transform(sums, pixels.begin(),
                         [&](const Light& sum) { return mean_colour(sum, samples); });
}

}  // namespace mandel
