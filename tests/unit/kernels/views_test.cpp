// Every exact backend on every view at sizes that fit no vector, tile or block, each pixel against
// the reference. One kernel goes through all sizes in turn, so that scratch memory left from one
// run can't hide in the next.
#include "kernels/views.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <tuple>

#include "tests/unit/kernels/compare.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel {
namespace {

struct Size {
  std::uint32_t columns;
  std::uint32_t rows;
};

constexpr Size kSizes[] = {{1, 1},   {7, 7},    {31, 31},  {257, 255}, {499, 31},
                           {500, 7}, {501, 31}, {31, 501}, {499, 1},   {500, 1},
                           {501, 1}, {1, 499},  {1, 500},  {1, 501}};
// What the reference can afford. Small sizes go to the view's own limit: a margin of a closed form
// that is too small shows only in points that take thousands of iterations.
constexpr std::uint32_t kMaxIterOfLargeSizes = 1000;
constexpr std::uint32_t kSmallSize = 31;

std::uint32_t affordable_max_iter(const NamedView& view, const Size& size) {
  const bool is_small = std::max(size.columns, size.rows) <= kSmallSize;
  return is_small ? view.max_iter : std::min(view.max_iter, kMaxIterOfLargeSizes);
}

using BackendAndView = std::tuple<std::string, std::string>;

class EachView : public testing::TestWithParam<BackendAndView> {};

TEST_P(EachView, AgreesWithTheReferenceInEveryPixelAtOddSizes) {
  const auto& [backend, view_name] = GetParam();
  const auto kernel = find_backend(backend)->make();
  if (!kernel) GTEST_SKIP() << "this machine can't run " << backend;
  const NamedView& view = *find_view(view_name);
  for (const Size& size : kSizes) {
    SCOPED_TRACE(std::to_string(size.columns) + " columns, " + std::to_string(size.rows) + " rows");
    const Axes axes = view_axes(view, size.columns, size.rows);
    const std::uint32_t max_iter = affordable_max_iter(view, size);
    EXPECT_EQ(difference(*kernel, axes, max_iter, reference(axes, max_iter)), std::nullopt);
  }
}

std::vector<std::string> view_names() {
  std::vector<std::string> names;
  for (const NamedView& view : named_views()) names.emplace_back(view.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Kernels, EachView,
                         testing::Combine(testing::ValuesIn(exact_backends()),
                                          testing::ValuesIn(view_names())),
                         [](const testing::TestParamInfo<BackendAndView>& test) {
                           return identifier(std::get<0>(test.param) + "_" +
                                             std::get<1>(test.param));
                         });

}  // namespace
}  // namespace mandel
