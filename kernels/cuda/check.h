// The one place where a CUDA status is looked at. A failure becomes a DeviceError with a sentence
// that says what was being done, so that a lost GPU costs its worker a lane, not the process.
#pragma once

#include <cuda_runtime_api.h>
#include <string>
#include <string_view>

#include "kernels/device_error.h"

namespace mandel::cuda {

// `what` completes "CUDA could not ...".
inline void check(cudaError_t status, std::string_view what) {
  if (status == cudaSuccess) return;
  cudaGetLastError();  // a failure that leaves the device usable must not surface again later
  throw DeviceError("CUDA could not " + std::string(what) + ": " + cudaGetErrorString(status) +
                    " (" + cudaGetErrorName(status) + ")");
}

// After a launch, which reports only through the last error.
inline void check_launch(std::string_view kernel) {
  check(cudaPeekAtLastError(), "launch kernel '" + std::string(kernel) + "'");
}

}  // namespace mandel::cuda
