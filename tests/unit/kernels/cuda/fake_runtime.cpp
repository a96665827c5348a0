// See fake_runtime.h.
#include "fake_runtime.h"

#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>

using Clock = std::chrono::steady_clock;

struct CUstream_st {
  std::deque<std::function<void()>> work;

  void run_one() {
    const auto next = std::move(work.front());
    work.pop_front();
    next();
  }
  void run_all() {
    while (!work.empty()) run_one();
  }
};

// An event may be destroyed before its stream comes to it, hence the shared state.
struct CUevent_st {
  struct Mark {
    CUstream_st* stream = nullptr;
    bool reached = true;
    Clock::time_point time;
  };
  std::shared_ptr<Mark> mark = std::make_shared<Mark>();
};

namespace mandel::cuda::fake {
namespace {

int calls_left = -1;  // below 0: no failure is planned
cudaError_t planned = cudaSuccess;
bool stays = false;
bool failed = false;
int alive = 0;

cudaError_t status() {
  if (calls_left < 0) return cudaSuccess;
  if (calls_left > 0) {
    --calls_left;
    return cudaSuccess;
  }
  failed = true;
  if (!stays) calls_left = -1;
  return planned;
}

// Does `work` now, unless the call fails.
cudaError_t now(const std::function<void()>& work) {
  const cudaError_t result = status();
  if (result == cudaSuccess) work();
  return result;
}

// CUDA refuses to free what it has lost, but a test must not leak.
cudaError_t release(const std::function<void()>& work) {
  work();
  --alive;
  return status();
}

cudaError_t allocate(void** p, std::size_t bytes) {
  return now([&] {
    *p = std::malloc(bytes);
    std::memset(*p, 0xdd, bytes);
    ++alive;
  });
}

}  // namespace

void enqueue(cudaStream_t stream, std::function<void()> work) {
  stream->work.push_back(std::move(work));
}
void fail_after(int calls, cudaError_t error, bool for_good) {
  calls_left = calls;
  planned = error;
  stays = for_good;
}
void heal() {
  calls_left = -1;
  failed = false;
}
bool has_failed() { return failed; }
int owned() { return alive; }

}  // namespace mandel::cuda::fake

using namespace mandel::cuda::fake;

cudaError_t cudaMalloc(void** p, size_t bytes) { return allocate(p, bytes); }
cudaError_t cudaMallocHost(void** p, size_t bytes) { return allocate(p, bytes); }
cudaError_t cudaFree(void* p) {
  return p == nullptr ? cudaSuccess : release([p] { std::free(p); });
}
cudaError_t cudaFreeHost(void* p) { return cudaFree(p); }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
  return now([&] {
    *stream = new CUstream_st;
    ++alive;
  });
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  return stream == nullptr ? cudaSuccess : release([stream] { delete stream; });
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  return now([&] { stream->run_all(); });
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned) {
  return now([&] {
    *event = new CUevent_st;
    ++alive;
  });
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
  return event == nullptr ? cudaSuccess : release([event] { delete event; });
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  return now([&] {
    event->mark = std::make_shared<CUevent_st::Mark>();
    event->mark->stream = stream;
    event->mark->reached = false;
    enqueue(stream, [mark = event->mark] {
      mark->reached = true;
      mark->time = Clock::now();
    });
  });
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  return now([&] {
    while (!event->mark->reached) event->mark->stream->run_one();
  });
}
cudaError_t cudaEventElapsedTime(float* ms, cudaEvent_t begin, cudaEvent_t end) {
  if (!begin->mark->reached || !end->mark->reached) return cudaErrorNotReady;
  *ms = std::chrono::duration<float, std::milli>(end->mark->time - begin->mark->time).count();
  return status();
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind,
                            cudaStream_t stream) {
  return now([&] { enqueue(stream, [=] { std::memcpy(to, from, bytes); }); });
}
cudaError_t cudaMemsetAsync(void* p, int value, size_t bytes, cudaStream_t stream) {
  return now([&] { enqueue(stream, [=] { std::memset(p, value, bytes); }); });
}

cudaError_t cudaSetDevice(int) { return status(); }
cudaError_t cudaDeviceSynchronize() { return status(); }
cudaError_t cudaGetLastError() { return cudaSuccess; }
cudaError_t cudaPeekAtLastError() { return status(); }
const char* cudaGetErrorString(cudaError_t) { return "out of something"; }
const char* cudaGetErrorName(cudaError_t) { return "cudaErrorFake"; }
