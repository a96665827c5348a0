// A backend proves itself before it is used: three rows of the tutorial's picture against stored
// figures. The rows are picked so that every way to contract the loop into fused multiply-adds
// changes a pixel in them; small golden jobs (100/300) pass even when contracted. The expectation
// is a constant, not a run of `scalar` beside it, since one wrong compiler flag would spoil both.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kernels/kernel.h"

namespace mandel {

// Nothing if the backend is right on this machine; else one sentence of what went wrong.
std::optional<std::string> self_test_failure(const Backend& backend);

// The same for one engine of such a backend, where it has several devices. Without exact semantics
// there is nothing to compare with: then the engine only has to run.
std::optional<std::string> self_test_failure(Kernel& kernel, std::string_view semantics);

}  // namespace mandel
