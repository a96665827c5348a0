// See grid.h.
#include "kernels/c_api/grid.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "kernels/c_api/structs.h"
#include "kernels/deep/decimal.h"
#include "kernels/deep/quotient.h"
#include "kernels/deep/tested_engine.h"

namespace mandel {
namespace {

// As mandel-master has it: a third of a decimal never ends.
constexpr std::size_t kStepDigits = 40;

void check_side(std::uint64_t side, const char* name) {
  if (side < 1 || side > kSideMax)
    throw Fault(MANDEL_BAD_ARGUMENT, std::string(name) + " must be 1 to " +
                                         std::to_string(kSideMax) + ", not " +
                                         std::to_string(side));
}

void check_finite(std::span<const double> coordinates, const char* name) {
  const auto found =
      std::ranges::find_if(coordinates, [](double at) { return !std::isfinite(at); });
  if (found != coordinates.end())
    throw Fault(
        MANDEL_BAD_ARGUMENT,
        std::string(name) + "[" + std::to_string(found - coordinates.begin()) + "] is not finite");
}

Decimal number(const char* text, const char* name) {
  if (auto decimal = parse_decimal(&needed(text, name))) return *decimal;
  constexpr std::size_t kShown = 40;
  const std::string given = text;
  throw Fault(MANDEL_BAD_ARGUMENT,
              std::string(name) + " is '" +
                  (given.size() <= kShown ? given : given.substr(0, kShown) + "...") +
                  "', which is no decimal like -1.25 or 7.5e-31");
}

std::unique_ptr<mandel_grid> grid_of(Axes axes) {
  check_finite(axes.xs, "xs");
  check_finite(axes.ys, "ys");
  auto grid = std::make_unique<mandel_grid>();
  grid->axes = std::make_shared<const Axes>(std::move(axes));
  return grid;
}

std::unique_ptr<mandel_grid> tutorial(std::uint64_t size) {
  check_side(size, "the tutorial's size");
  return grid_of(tutorial_axes(static_cast<std::uint32_t>(size)));
}

std::unique_ptr<mandel_grid> grid_of(const mandel_view& view) {
  check_side(view.columns, "columns");
  check_side(view.rows, "rows");
  if (!(view.step_x > 0 && view.step_y > 0))
    throw Fault(MANDEL_BAD_ARGUMENT, "step_x and step_y must be above 0");
  return grid_of(
      view_axes({view.centre_x, view.centre_y, view.step_x, view.step_y,
                 static_cast<std::uint32_t>(view.columns), static_cast<std::uint32_t>(view.rows)}));
}

std::unique_ptr<mandel_grid> grid_of(const mandel_deep_view& view) {
  if (deep_backends().empty())
    throw Fault(MANDEL_NO_KERNEL,
                "this library was built without GMP and MPFR, which true-count needs");
  check_side(view.columns, "columns");
  check_side(view.rows, "rows");
  const Decimal columns = parse_decimal(std::to_string(view.columns)).value();
  const std::string step = to_text(quotient(number(view.span, "span"), columns, kStepDigits));
  DeepView deep{
      to_text(number(view.re, "re")),           to_text(number(view.im, "im")),       step, step,
      static_cast<std::uint32_t>(view.columns), static_cast<std::uint32_t>(view.rows)};
  if (const auto defect = defect_of(deep); !defect.empty())
    throw Fault(MANDEL_BAD_ARGUMENT, defect);
  auto grid = grid_of({std::vector<double>(view.columns), std::vector<double>(view.rows)});
  grid->deep = std::move(deep);
  return grid;
}

// Puts what `make` makes to where the caller wants it; null if it fails.
template <typename Make>
int make_grid(mandel_grid** grid, char* error, std::size_t error_bytes, const Make& make) {
  if (grid != nullptr) *grid = nullptr;
  return guarded(error, error_bytes, [&] {
    auto& taker = needed(grid, "grid");
    taker = make().release();
  });
}

}  // namespace
}  // namespace mandel

using namespace mandel;

std::shared_ptr<DeepEngine> mandel_grid::engine(const DeepBackend& backend,
                                                std::uint32_t max_iter) const {
  const std::lock_guard lock(mutex_);
  if (last_.backend != &backend || last_.max_iter != max_iter)
    last_ = {&backend, max_iter, tested_engine(backend, *deep, max_iter)};
  return last_.engine;
}

int mandel_grid_tutorial(uint64_t size, mandel_grid** grid, char* error, size_t error_bytes) {
  return make_grid(grid, error, error_bytes, [&] { return tutorial(size); });
}

int mandel_grid_view(const mandel_view* view, mandel_grid** grid, char* error, size_t error_bytes) {
  return make_grid(grid, error, error_bytes,
                   [&] { return grid_of(read_struct(needed(view, "view"), "mandel_view")); });
}

int mandel_grid_axes(const double* xs, size_t columns, const double* ys, size_t rows,
                     mandel_grid** grid, char* error, size_t error_bytes) {
  return make_grid(grid, error, error_bytes, [&] {
    check_side(columns, "columns");
    check_side(rows, "rows");
    needed(xs, "xs");
    needed(ys, "ys");
    return grid_of({{xs, xs + columns}, {ys, ys + rows}});
  });
}

int mandel_grid_deep(const mandel_deep_view* view, mandel_grid** grid, char* error,
                     size_t error_bytes) {
  return make_grid(grid, error, error_bytes,
                   [&] { return grid_of(read_struct(needed(view, "view"), "mandel_deep_view")); });
}

size_t mandel_grid_columns(const mandel_grid* grid) {
  return grid != nullptr ? grid->columns() : 0;
}

size_t mandel_grid_rows(const mandel_grid* grid) { return grid != nullptr ? grid->rows() : 0; }

const double* mandel_grid_xs(const mandel_grid* grid) {
  return grid != nullptr && !grid->deep ? grid->axes->xs.data() : nullptr;
}

const double* mandel_grid_ys(const mandel_grid* grid) {
  return grid != nullptr && !grid->deep ? grid->axes->ys.data() : nullptr;
}

void mandel_grid_free(mandel_grid* grid) { delete grid; }
