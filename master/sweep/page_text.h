// page.css and page.js, which CMake puts into the program: edited as what they are, shipped inside.
#pragma once

#include <string_view>

namespace mandel {

extern const std::string_view kPageStyle;
extern const std::string_view kPageScript;

}  // namespace mandel
