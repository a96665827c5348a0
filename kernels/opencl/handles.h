// Owners of what OpenCL hands out. Buffers only grow, since to get memory may stop the device:
// after the first few bands an engine gets none.
#pragma once

#include <cstddef>
#include <utility>

#include "kernels/opencl/check.h"

namespace mandel::opencl {

template <class Handle, auto kRelease>
class Owned {
 public:
  Owned() = default;
  explicit Owned(Handle handle) : handle_(handle) {}
  Owned(Owned&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Owned& operator=(Owned&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Owned() {
    // Of a lost device nothing is to be freed, and there is nobody to tell.
    if (handle_ != nullptr) (api().*kRelease)(handle_);
  }

  operator Handle() const { return handle_; }

 private:
  Handle handle_ = nullptr;
};

using KernelHandle = Owned<cl_kernel, &Api::clReleaseKernel>;
using QueueHandle = Owned<cl_command_queue, &Api::clReleaseCommandQueue>;
using EventHandle = Owned<cl_event, &Api::clReleaseEvent>;

class Buffer {
 public:
  // Room for so much; the old contents are gone if there was too little.
  cl_mem reserve(cl_context context, std::size_t bytes) {
    if (bytes <= capacity_) return memory_;
    memory_ = {};
    capacity_ = 0;
    cl_int status = CL_SUCCESS;
    memory_ = Memory(api().clCreateBuffer(context, CL_MEM_READ_WRITE, bytes, nullptr, &status));
    check(status, "get " + std::to_string(bytes) + " bytes of the device's memory");
    capacity_ = bytes;
    return memory_;
  }
  operator cl_mem() const { return memory_; }

 private:
  using Memory = Owned<cl_mem, &Api::clReleaseMemObject>;
  Memory memory_;
  std::size_t capacity_ = 0;
};

}  // namespace mandel::opencl
