// See build.h. Builds are never freed: drivers are known to crash when they are taken down at a
// process's end.
#include "kernels/opencl/build.h"

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "kernels/opencl/check.h"

namespace mandel::opencl {
namespace {

// Without any option that would let the compiler be less exact. 1.2, which all drivers know.
constexpr const char* kOptions = "-cl-std=CL1.2";
constexpr std::size_t kLogMax = 300;

// The first of what the compiler has to say, in one line.
std::string log_of(cl_program program, cl_device_id device) {
  std::size_t bytes = 0;
  api().clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, 0, nullptr, &bytes);
  std::string log(bytes, '\0');
  if (bytes == 0 || api().clGetProgramBuildInfo(program, device, CL_PROGRAM_BUILD_LOG, bytes,
                                                log.data(), nullptr) != CL_SUCCESS)
    return "it does not say why";
  log.resize(std::min(log.find_last_not_of(std::string("\0\n ", 3)) + 1, kLogMax));
  for (char& c : log)
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  return log;
}

Build make_build(cl_device_id device, const char* source) {
  Build build{device, 1, nullptr, nullptr};
  cl_uint units = 1;
  check(api().clGetDeviceInfo(device, CL_DEVICE_MAX_COMPUTE_UNITS, sizeof units, &units, nullptr),
        "tell how large the device is");
  build.units = units;
  cl_int status = CL_SUCCESS;
  build.context = api().clCreateContext(nullptr, 1, &device, nullptr, nullptr, &status);
  check(status, "make a context");
  build.program = api().clCreateProgramWithSource(build.context, 1, &source, nullptr, &status);
  if (status == CL_SUCCESS) {
    status = api().clBuildProgram(build.program, 1, &device, kOptions, nullptr, nullptr);
    if (status == CL_SUCCESS) return build;
  }
  std::string what = "compile the kernels";
  if (status == CL_BUILD_PROGRAM_FAILURE) what += " [" + log_of(build.program, device) + "]";
  if (build.program != nullptr) api().clReleaseProgram(build.program);
  api().clReleaseContext(build.context);
  check(status, what);
  return build;
}

}  // namespace

const Build& build_for(cl_device_id device, const char* source) {
  static std::mutex mutex;
  static auto& builds = *new std::map<std::pair<cl_device_id, const char*>, Build>;
  const std::lock_guard lock(mutex);
  const auto found = builds.find({device, source});
  if (found != builds.end()) return found->second;
  return builds.emplace(std::pair(device, source), make_build(device, source)).first->second;
}

}  // namespace mandel::opencl
