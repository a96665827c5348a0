// Which part of the plane: --tutorial-size, or a view by --size with --center and --span, or with
// its corners. Their texts are read together, since what one of them means depends on the others.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/error.h"
#include "kernels/grid.h"

namespace CLI {
class App;
}  // namespace CLI

namespace mandel {

// The text of an option that is not given is empty.
struct ViewText {
  std::string size;
  std::string center;
  std::string span;
  std::string view;

  bool is_given() const { return !(size + center + span + view).empty(); }
};

// An error names its option.
Result<View> parse_view(const ViewText& text);

void add_view_options(CLI::App& app, std::uint32_t& tutorial_size, ViewText& text);

}  // namespace mandel
