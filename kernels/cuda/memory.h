// Owners of what CUDA hands out. Buffers only grow, since allocation stops the whole device:
// after the first few bands an engine allocates nothing.
#pragma once

#include <cstddef>
#include <cuda_runtime_api.h>
#include <string>

#include "kernels/cuda/check.h"

namespace mandel::cuda {

struct DeviceMemory {
  static constexpr const char* kName = "device";
  static cudaError_t allocate(void** p, std::size_t bytes) { return cudaMalloc(p, bytes); }
  static void free(void* p) { cudaFree(p); }
};

// Pages that the device's copy engine reads and writes while the host and the kernels go on.
struct PinnedMemory {
  static constexpr const char* kName = "pinned host";
  static cudaError_t allocate(void** p, std::size_t bytes) { return cudaMallocHost(p, bytes); }
  static void free(void* p) { cudaFreeHost(p); }
};

template <class T, class Memory>
class Buffer {
 public:
  Buffer() = default;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { Memory::free(data_); }

  // Room for `count` values; the old contents are gone if there was too little.
  T* reserve(std::size_t count) {
    if (count <= capacity_) return data_;
    Memory::free(data_);
    data_ = nullptr;
    capacity_ = 0;
    void* fresh = nullptr;
    check(Memory::allocate(&fresh, count * sizeof(T)),
          "get " + std::to_string(count * sizeof(T)) + " bytes of " + Memory::kName + " memory");
    data_ = static_cast<T*>(fresh);
    capacity_ = count;
    return data_;
  }
  T* data() const { return data_; }

 private:
  T* data_ = nullptr;
  std::size_t capacity_ = 0;
};

template <class T>
using DeviceBuffer = Buffer<T, DeviceMemory>;
template <class T>
using PinnedBuffer = Buffer<T, PinnedMemory>;

class Stream {
 public:
  Stream() { check(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), "make a stream"); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() { cudaStreamDestroy(stream_); }

  operator cudaStream_t() const { return stream_; }
  void wait() const { check(cudaStreamSynchronize(stream_), "wait for its work"); }

 private:
  cudaStream_t stream_ = nullptr;
};

// Waiting for one sleeps instead of spinning: CPU lanes of the same worker want that core.
class Event {
 public:
  Event() { check(cudaEventCreateWithFlags(&event_, cudaEventBlockingSync), "make an event"); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { cudaEventDestroy(event_); }

  void record(cudaStream_t stream) { check(cudaEventRecord(event_, stream), "record an event"); }
  void wait() const { check(cudaEventSynchronize(event_), "wait for its work"); }
  double seconds_since(const Event& earlier) const {
    float ms = 0.0f;
    check(cudaEventElapsedTime(&ms, earlier.event_, event_), "read the time of an event");
    return ms * 1e-3;
  }

 private:
  cudaEvent_t event_ = nullptr;
};

}  // namespace mandel::cuda
