// The files in page/, which CMake puts into the program: edited as what they are, shipped inside.
#pragma once

#include <string_view>

namespace mandel::live {

extern const std::string_view kPage;
extern const std::string_view kStyle;
extern const std::string_view kScript;

}  // namespace mandel::live
