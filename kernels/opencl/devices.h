// Which OpenCL devices can compute exactly here, asked once, each tried in a child process before
// this one lets its driver in. A CPU's driver counts only where there is no other device, and only
// for who asks by name.
#pragma once

#include "kernels/device_list.h"
#include "kernels/opencl/api.h"

namespace mandel::opencl {

// Takes a child process, and the drivers' compilers the first time.
const DeviceList& devices();

// The device of an id in that list.
cl_device_id device_of(int id);

// Whether this machine seems to have a GPU that CUDA's backends don't have: files tell, no driver.
bool may_have_gpu();

}  // namespace mandel::opencl
