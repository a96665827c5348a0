// Reads the files in which people keep and share palettes: GIMP's (.gpl), Fractint's (.map), and
// lists of #rrggbb. Which it is, the content tells, not the name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "master/colours/rendering.h"

namespace mandel {

// Its colours in their order: one at least, at most kStopsMax. An error names the line.
Result<std::vector<Rgb>> read_palette(std::string_view text);

// The same of a file, which is bounded before it is read; a pipe, too. The error names the file.
Result<std::vector<Rgb>> read_palette_file(const std::string& path);

}  // namespace mandel
