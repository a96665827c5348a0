// The rows of the registry for OpenCL. Where there is no usable device all of them make null.
#include "kernels/backends.h"

#include "kernels/opencl/devices.h"
#include "kernels/opencl/engine.h"

namespace mandel {
namespace {

template <opencl::MakeProgram kMake>
std::unique_ptr<Kernel> make_on_opencl(std::size_t index) {
  const auto& devices = opencl::devices().devices;
  if (index >= devices.size()) return nullptr;
  return std::make_unique<opencl::Engine>(opencl::device_of(devices[index].id), kMake);
}

template <opencl::MakeProgram kMake>
std::unique_ptr<Kernel> make_on_first_opencl() {
  return make_on_opencl<kMake>(0);
}

template <opencl::MakeProgram kMake>
constexpr Backend opencl_row(std::string_view name, std::string_view summary) {
  Backend row{name, "opencl", kExactF64, summary, make_on_first_opencl<kMake>};
  row.devices = opencl::devices;
  row.make_on = make_on_opencl<kMake>;
  row.may_have_devices = opencl::may_have_gpu;
  return row;
}

}  // namespace

const Backend kOpenClSimpleBackend = opencl_row<opencl::make_simple_program>(
    "opencl-simple", "one OpenCL work item a pixel, a test each iteration");
const Backend kOpenClBackend = opencl_row<opencl::make_refill_program>(
    "opencl", "persistent OpenCL work items with refill, closed forms and cycle detection");

}  // namespace mandel
