// A libOpenCL.so.1 with one GPU, whose driver misbehaves as FAKE_OPENCL says. It defines what our
// programs look for, and no more.
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

namespace {

bool misbehaves(std::string_view how) {
  const char* asked = std::getenv("FAKE_OPENCL");
  return asked != nullptr && asked == how;
}

template <class Handle>
Handle made(cl_int* status = nullptr) {
  static int object;
  if (status != nullptr) *status = CL_SUCCESS;
  return reinterpret_cast<Handle>(&object);
}

cl_int answer(const void* value, std::size_t bytes, std::size_t size, void* to) {
  if (size < bytes) return CL_INVALID_VALUE;
  std::memcpy(to, value, bytes);
  return CL_SUCCESS;
}

}  // namespace

cl_int clGetPlatformIDs(cl_uint, cl_platform_id* platforms, cl_uint* count) {
  if (misbehaves("dies when asked")) raise(SIGSEGV);
  platforms[0] = made<cl_platform_id>();
  *count = 1;
  return CL_SUCCESS;
}

cl_int clGetDeviceIDs(cl_platform_id, cl_device_type, cl_uint, cl_device_id* devices,
                      cl_uint* count) {
  devices[0] = made<cl_device_id>();
  *count = 1;
  return CL_SUCCESS;
}

cl_int clGetDeviceInfo(cl_device_id, cl_device_info what, size_t size, void* value, size_t*) {
  const cl_device_fp_config doubles = misbehaves("has no double") ? 0 : 0x3f;
  const cl_device_type type = CL_DEVICE_TYPE_GPU;
  const cl_uint one = 1;
  switch (what) {
    case CL_DEVICE_NAME:
      return answer("Fake GPU", sizeof "Fake GPU", size, value);
    case CL_DEVICE_VERSION:
      return answer("OpenCL 1.2 fake", sizeof "OpenCL 1.2 fake", size, value);
    case CL_DEVICE_DOUBLE_FP_CONFIG:
      return answer(&doubles, sizeof doubles, size, value);
    case CL_DEVICE_TYPE:
      return answer(&type, sizeof type, size, value);
    default:
      return answer(&one, sizeof one, size, value);
  }
}

cl_context clCreateContext(const cl_context_properties*, cl_uint, const cl_device_id*,
                           void(CL_CALLBACK*)(const char*, const void*, size_t, void*), void*,
                           cl_int* status) {
  return made<cl_context>(status);
}

cl_program clCreateProgramWithSource(cl_context, cl_uint, const char**, const size_t*,
                                     cl_int* status) {
  return made<cl_program>(status);
}

cl_int clBuildProgram(cl_program, cl_uint, const cl_device_id*, const char*,
                      void(CL_CALLBACK*)(cl_program, void*), void*) {
  if (misbehaves("dies")) raise(SIGSEGV);
  if (misbehaves("aborts")) std::abort();
  if (misbehaves("exits")) std::exit(5);
  return CL_BUILD_PROGRAM_FAILURE;
}

cl_int clGetProgramBuildInfo(cl_program, cl_device_id, cl_program_build_info, size_t size,
                             void* value, size_t* bytes) {
  constexpr char kLog[] = "kernels.cl:1:1:\nno such thing\n";
  if (bytes != nullptr) *bytes = sizeof kLog;
  return value == nullptr ? CL_SUCCESS : answer(kLog, sizeof kLog, size, value);
}

cl_int clReleaseContext(cl_context) { return CL_SUCCESS; }
cl_int clReleaseProgram(cl_program) { return CL_SUCCESS; }

// Looked for, but never called.
#define NEVER(name)                              \
  extern "C" void never_##name() __asm__(#name); \
  void never_##name() { std::abort(); }
NEVER(clCreateBuffer)
NEVER(clCreateCommandQueue)
NEVER(clCreateKernel)
NEVER(clEnqueueFillBuffer)
NEVER(clEnqueueNDRangeKernel)
NEVER(clEnqueueReadBuffer)
NEVER(clEnqueueWriteBuffer)
NEVER(clFinish)
NEVER(clFlush)
NEVER(clGetEventProfilingInfo)
NEVER(clReleaseCommandQueue)
NEVER(clReleaseEvent)
NEVER(clReleaseKernel)
NEVER(clReleaseMemObject)
NEVER(clRetainEvent)
NEVER(clSetKernelArg)
NEVER(clWaitForEvents)
