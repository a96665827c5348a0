// See queue.h.
#include "kernels/opencl/queue.h"

namespace mandel::opencl {

Queue::Queue(const Build& build) {
  cl_int status = CL_SUCCESS;
  queue_ = QueueHandle(
      api().clCreateCommandQueue(build.context, build.device, CL_QUEUE_PROFILING_ENABLE, &status));
  check(status, "make a queue");
}

void Queue::fill(cl_mem memory, std::size_t offset, std::size_t bytes, std::uint8_t byte) {
  const cl_uint pattern = byte * 0x01010101u;
  check(api().clEnqueueFillBuffer(queue_, memory, &pattern, sizeof pattern, offset, bytes, 0,
                                  nullptr, nullptr),
        "clear the device's memory");
}

void Queue::launch(cl_kernel kernel, std::size_t items) {
  const std::size_t group = kGroupItems;
  const std::size_t all = (items + group - 1) / group * group;
  cl_event event = nullptr;
  check(api().clEnqueueNDRangeKernel(queue_, kernel, 1, nullptr, &all, &group, 0, nullptr, &event),
        "launch a kernel");
  last_ = EventHandle(event);
  if (first_ == nullptr) {
    check(api().clRetainEvent(event), "keep an event");
    first_ = EventHandle(event);
  }
}

void Queue::read(cl_mem memory, void* to, std::size_t bytes) {
  cl_event event = nullptr;
  check(api().clEnqueueReadBuffer(queue_, memory, CL_FALSE, 0, bytes, to, 0, nullptr, &event),
        "copy to the host");
  read_ = EventHandle(event);
}

void Queue::begin() { check(api().clFlush(queue_), "begin its work"); }

void Queue::write(cl_mem memory, const void* from, std::size_t bytes) {
  check(api().clEnqueueWriteBuffer(queue_, memory, CL_TRUE, 0, bytes, from, 0, nullptr, nullptr),
        "copy to the device");
}

void Queue::wait() {
  const cl_event event = read_;
  check(api().clWaitForEvents(1, &event), "wait for its work");
}

Interval Queue::interval_of(cl_event event) {
  cl_ulong begin = 0, end = 0;
  if (event == nullptr) return {};
  check(api().clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_START, sizeof begin, &begin,
                                      nullptr),
        "read the time of an event");
  check(api().clGetEventProfilingInfo(event, CL_PROFILING_COMMAND_END, sizeof end, &end, nullptr),
        "read the time of an event");
  return {begin, end};
}

}  // namespace mandel::opencl
