// The one place where an OpenCL status is looked at. A failure becomes a DeviceError with a
// sentence that says what was being done, so that a lost GPU costs its worker a lane, not the
// process.
#pragma once

#include <string>
#include <string_view>

#include "kernels/device_error.h"
#include "kernels/opencl/api.h"

namespace mandel::opencl {

// OpenCL itself names none.
inline std::string status_name(cl_int status) {
  switch (status) {
    case CL_DEVICE_NOT_AVAILABLE:
      return "the device is not available";
    case CL_COMPILER_NOT_AVAILABLE:
      return "there is no compiler";
    case CL_MEM_OBJECT_ALLOCATION_FAILURE:
    case CL_OUT_OF_RESOURCES:
      return "out of the device's memory or resources";
    case CL_OUT_OF_HOST_MEMORY:
      return "out of memory";
    case CL_BUILD_PROGRAM_FAILURE:
      return "the compiler refuses it";
    case CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST:
      return "a command before it failed";
    default:
      return "error";
  }
}

// `what` completes "OpenCL could not ...".
inline void check(cl_int status, std::string_view what) {
  if (status == CL_SUCCESS) return;
  throw DeviceError("OpenCL could not " + std::string(what) + ": " + status_name(status) + " (" +
                    std::to_string(status) + ")");
}

}  // namespace mandel::opencl
