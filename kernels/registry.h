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

// All backends compiled in, slowest first, the reference (`scalar`) among them. A SIMD backend
// comes once by its plain name, which takes the best instruction set of this CPU, and then once for
// each set that the CPU has, as "simd-full:avx2", so that a loop over the list tests them all.
std::span<const Backend> backends();

// Null if there is none of that name.
const Backend* find_backend(std::string_view name);

// The backend called `name`, if it passes its self-test on this machine (on its first device, where
// it has devices). Else the string says what is wrong, and which names exist.
std::variant<const Backend*, std::string> named_backend(std::string_view name);

struct Fastest {
  const Backend* backend = nullptr;  // null if none passed
  std::string failures;              // those that failed before it, and how; empty if none did
};

// The fastest exact backend of `device` ("cpu", "opencl", "cuda") that passes its self-test here.
Fastest fastest_backend(std::string_view device);

}  // namespace mandel
