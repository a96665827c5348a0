// See api.h. What is loaded stays: drivers' threads may run until the process ends.
#include "kernels/opencl/api.h"

#include <dlfcn.h>

namespace mandel::opencl {
namespace {

constexpr const char* kLibrary = "libOpenCL.so.1";

struct Loaded {
  Api api;
  std::string why_not;

  Loaded() {
    void* library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      why_not =
          std::string("OpenCL's loader can't be used (Debian: ocl-icd-libopencl1): ") + dlerror();
      return;
    }
#define MANDEL_OPENCL_FIND(name) find(library, #name, api.name);
    MANDEL_OPENCL_FUNCTIONS(MANDEL_OPENCL_FIND)
#undef MANDEL_OPENCL_FIND
  }

  template <class Function>
  void find(void* library, const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(dlsym(library, name));
    if (function == nullptr) why_not = std::string(kLibrary) + " lacks " + name + ", of OpenCL 1.2";
  }
};

Loaded& loaded() {
  static Loaded once;
  return once;
}

}  // namespace

const std::string& why_no_api() { return loaded().why_not; }
Api& api() { return loaded().api; }

}  // namespace mandel::opencl
