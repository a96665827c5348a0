// See devices.h. Nothing here throws: no GPU is an answer, not a failure.
#include "kernels/cuda/devices.h"

#include <cuda_runtime_api.h>
#include <string>

namespace mandel::cuda {
namespace {

constexpr int kComputeMin = 75;  // the oldest architecture that cuda.cmake compiles for

std::string why_no_devices(cudaError_t status) {
  int driver = 0;
  cudaDriverGetVersion(&driver);
  if (driver == 0) return "no NVIDIA driver is installed";
  if (status == cudaErrorInsufficientDriver)
    return "the NVIDIA driver is for CUDA " + std::to_string(driver / 1000) + "." +
           std::to_string(driver % 1000 / 10) + ", older than this program needs; update it";
  return std::string("the NVIDIA driver offers no GPU: ") + cudaGetErrorString(status);
}

DeviceList ask() {
  DeviceList list;
  int count = 0;
  const cudaError_t status = cudaGetDeviceCount(&count);
  if (status != cudaSuccess || count == 0) {
    cudaGetLastError();
    list.why_none = why_no_devices(status == cudaSuccess ? cudaErrorNoDevice : status);
    return list;
  }
  for (int device = 0; device < count; ++device) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, device) != cudaSuccess) continue;
    if (properties.major * 10 + properties.minor < kComputeMin) continue;
    list.devices.push_back({device, properties.name});
  }
  if (list.devices.empty())
    list.why_none = "all GPUs here are older than compute capability 7.5 (Turing)";
  return list;
}

}  // namespace

const DeviceList& devices() {
  static const DeviceList list = ask();
  return list;
}

}  // namespace mandel::cuda
