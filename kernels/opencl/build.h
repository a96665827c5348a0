// The kernels, compiled for a device: once in a process, since that takes up to seconds, and
// engines come and go.
#pragma once

#include "kernels/opencl/api.h"

namespace mandel::opencl {

struct Build {
  cl_device_id device;
  unsigned units;  // the device's compute units
  cl_context context;
  cl_program program;
};

// `source` is kSource, or another text that lives as long. Throws DeviceError; then the next call
// tries again.
const Build& build_for(cl_device_id device, const char* source);

}  // namespace mandel::opencl
