// Every backend of this build, and the choice among them. The list is written out in registry.cpp
// instead of filled by static constructors: a linker drops an object file of a static library that
// nothing names, and a backend that vanishes without a word is worse than one line of list.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "kernels/kernel.h"

namespace mandel {

// All backends compiled in, slowest first, the reference (`scalar`) among them.
std::span<const Backend> backends();

// Null if there is none of that name.
const Backend* find_backend(std::string_view name);

// The backend called `name`, or for "auto" the fastest exact one that passes its self-test here.
// On failure the string says what is wrong and which names exist.
std::variant<const Backend*, std::string> choose_backend(std::string_view name);

}  // namespace mandel
