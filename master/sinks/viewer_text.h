// viewer.html with viewer.css and viewer.js in it, which CMake puts into the program: edited as
// what they are, shipped inside.
#pragma once

#include <string_view>

namespace mandel {

extern const std::string_view kViewerPage;

}  // namespace mandel
