// OpenCL's functions, found when they are first wanted: no program of ours is linked with
// libOpenCL, so that it starts as fast, and at all, where there is none.
#pragma once

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>  // IWYU pragma: export
#include <string>

namespace mandel::opencl {

#define MANDEL_OPENCL_FUNCTIONS(X) \
  X(clBuildProgram)                \
  X(clCreateBuffer)                \
  X(clCreateCommandQueue)          \
  X(clCreateContext)               \
  X(clCreateKernel)                \
  X(clCreateProgramWithSource)     \
  X(clEnqueueFillBuffer)           \
  X(clEnqueueNDRangeKernel)        \
  X(clEnqueueReadBuffer)           \
  X(clEnqueueWriteBuffer)          \
  X(clFinish)                      \
  X(clFlush)                       \
  X(clGetDeviceIDs)                \
  X(clGetDeviceInfo)               \
  X(clGetEventProfilingInfo)       \
  X(clGetPlatformIDs)              \
  X(clGetProgramBuildInfo)         \
  X(clReleaseCommandQueue)         \
  X(clReleaseContext)              \
  X(clReleaseEvent)                \
  X(clReleaseKernel)               \
  X(clReleaseMemObject)            \
  X(clReleaseProgram)              \
  X(clRetainEvent)                 \
  X(clSetKernelArg)                \
  X(clWaitForEvents)

struct Api {
#define MANDEL_OPENCL_MEMBER(name) \
  decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
  MANDEL_OPENCL_FUNCTIONS(MANDEL_OPENCL_MEMBER)
#undef MANDEL_OPENCL_MEMBER
};

// Loads the library, once. A clause of why that can't be; empty if it is loaded.
const std::string& why_no_api();

// Only where why_no_api() is empty. Not const, so that tests can make a call fail.
Api& api();

}  // namespace mandel::opencl
