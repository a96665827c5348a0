// One slot's commands, in order: memory, kernels, and how long these took.
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/opencl/build.h"
#include "kernels/opencl/handles.h"

namespace mandel::opencl {

// Work items of a group. All GPUs run 64 without a rest.
inline constexpr std::size_t kGroupItems = 64;

// When a kernel ran, on the device's own clock.
struct Interval {
  std::uint64_t begin_ns = 0;
  std::uint64_t end_ns = 0;

  double seconds() const {
    return end_ns > begin_ns ? static_cast<double>(end_ns - begin_ns) * 1e-9 : 0.0;
  }
};

class Queue {
 public:
  explicit Queue(const Build& build);
  Queue(const Queue&) = delete;
  Queue& operator=(const Queue&) = delete;

  // Only enqueue. `byte` fills `bytes` (a multiple of 4) from `offset` on.
  void fill(cl_mem memory, std::size_t offset, std::size_t bytes, std::uint8_t byte);
  void launch(cl_kernel kernel, std::size_t items);
  void read(cl_mem memory, void* to, std::size_t bytes);  // `to` must live until wait()
  // After the last command of several, which may sleep until then.
  void begin();

  // Returns when the copy has ended.
  void write(cl_mem memory, const void* from, std::size_t bytes);
  // For what was enqueued up to the last read().
  void wait();
  // For everything; nothing is in flight then, be it done or failed.
  cl_int drain() { return api().clFinish(queue_); }

  // After wait(): of the first kernel since forget_kernels(), and of the last one.
  void forget_kernels() { first_ = {}; }
  Interval first_kernel() const { return interval_of(first_); }
  Interval last_kernel() const { return interval_of(last_); }

 private:
  static Interval interval_of(cl_event event);

  QueueHandle queue_;
  EventHandle first_, last_, read_;
};

// Sets all arguments of a kernel, in their order.
template <class... Arguments>
void set_arguments(cl_kernel kernel, const Arguments&... arguments) {
  cl_uint index = 0;
  const auto set = [&]<class Argument>(const Argument& argument) {
    constexpr std::size_t kBytes = sizeof(Argument);  // NOLINT(bugprone-sizeof-expression): handles
    check(api().clSetKernelArg(kernel, index++, kBytes, static_cast<const void*>(&argument)),
          "set an argument of a kernel");
  };
  (set(arguments), ...);
}

}  // namespace mandel::opencl
