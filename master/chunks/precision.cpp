// See precision.h.
#include "master/chunks/precision.h"

#include <cstddef>
#include <fmt/format.h>
#include <vector>

namespace mandel {
namespace {

// They rise or fall all the way, so that equal ones are neighbours.
std::size_t different(const std::vector<double>& coordinates) {
  std::size_t count = coordinates.empty() ? 0 : 1;
  for (std::size_t k = 1; k < coordinates.size(); ++k)
    count += coordinates[k] != coordinates[k - 1] ? 1 : 0;
  return count;
}

}  // namespace

std::string precision_remark(const Axes& axes) {
  const std::size_t columns = different(axes.xs);
  const std::size_t rows = different(axes.ys);
  if (columns == axes.xs.size() && rows == axes.ys.size()) return "";
  return fmt::format(
      "the view is too small for 64-bit numbers: only {} of {} columns and {} of {} rows are "
      "different points, the others repeat their neighbours; take a larger --span, or fewer pixels",
      columns, axes.xs.size(), rows, axes.ys.size());
}

}  // namespace mandel
