// The rows of the registry of true-count, each defined in the file of its backend. Private to this
// folder: everybody else asks engine.h.
#pragma once

#include "kernels/deep/engine.h"

namespace mandel {

extern const DeepBackend kDeepNaiveBackend;
extern const DeepBackend kDeepBackend;

}  // namespace mandel
