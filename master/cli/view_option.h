// Which part of the plane: --tutorial-size, or a view by --size with --center and --span, or with
// its corners. Their texts are read together, since what one of them means depends on the others.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/error.h"
#include "common/wire/job.h"
#include "master/cli/view_text.h"

namespace CLI {
class App;
}  // namespace CLI

namespace mandel {

// A View or a DeepView, with a point for each count. An error names its option.
Result<Grid> parse_view(ViewText text);

Result<CountsWanted> read_counts(std::string_view text);

// `location` gets the file's name.
void add_view_options(CLI::App& app, std::optional<std::uint32_t>& tutorial_size, ViewText& text,
                      std::string& location);

}  // namespace mandel
