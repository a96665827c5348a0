// The rows of the registry for CUDA. Where there is no usable GPU all of them make null.
#include "kernels/backends.h"

#include "kernels/cuda/devices.h"
#include "kernels/cuda/engine.h"
#include "kernels/cuda/program.h"

namespace mandel {
namespace {

template <cuda::MakeProgram kMake>
std::unique_ptr<Kernel> make_on(std::size_t index) {
  const auto& devices = cuda::devices().devices;
  if (index >= devices.size()) return nullptr;
  return std::make_unique<cuda::Engine>(devices[index].id, kMake);
}

template <cuda::MakeProgram kMake>
std::unique_ptr<Kernel> make_on_first() {
  return make_on<kMake>(0);
}

template <cuda::MakeProgram kMake>
constexpr Backend row(std::string_view name, std::string_view semantics, std::string_view summary) {
  return {name,  "cuda",        semantics,     summary, make_on_first<kMake>,
          false, cuda::devices, make_on<kMake>};
}

}  // namespace

const Backend kCudaF32Backend = row<cuda::make_float_program>(
    "cuda-f32", "f32", "float32, one thread a pixel: NOT COMPARABLE, other counts by design");
const Backend kCudaSweepBackend = row<cuda::make_sweep_program>(
    "cuda-sweep", kExactF64, "whole-array passes on the GPU, as an array library");
const Backend kCudaSimpleBackend = row<cuda::make_simple_program>(
    "cuda-simple", kExactF64, "one GPU thread a pixel, a test each iteration");
const Backend kCudaRefillBackend = row<cuda::make_refill_program>(
    "cuda-refill", kExactF64, "persistent GPU threads with refill: every iteration carried out");
const Backend kCudaBackend = row<cuda::make_full_program>(
    "cuda", kExactF64, "persistent GPU threads with refill, closed forms and cycle detection");

}  // namespace mandel
