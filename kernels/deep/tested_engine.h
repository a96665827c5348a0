// The engine of a true-count job, with its backend's self-test before the first picture. A kernel's
// self-test is run when lanes are chosen; this one takes up to a second, which a worker that never
// sees such a job need not wait for.
#pragma once

#include <cstdint>
#include <memory>

#include "kernels/deep/engine.h"

namespace mandel {

// Its first run() of the process computes the self-test, which counts as preparation. If that
// failed, every run() throws DeepError and says how.
std::shared_ptr<DeepEngine> tested_engine(const DeepBackend& backend, const DeepView& view,
                                          std::uint32_t max_iter);

}  // namespace mandel
