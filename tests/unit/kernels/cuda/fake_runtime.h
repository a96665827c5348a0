// A CUDA runtime without a device, just large enough for engine.cpp and slot.cpp: memory is the
// host's, and a stream is a list of closures. Enqueued work runs as late as CUDA allows, when
// somebody waits for it, so a result that is read without waiting is seen to be missing. Any call
// can be made to fail.
#pragma once

#include <cuda_runtime_api.h>
#include <functional>

namespace mandel::cuda::fake {

// What a kernel launch would do.
void enqueue(cudaStream_t stream, std::function<void()> work);

// From now on the call after the next `calls` fails with `error`: once, or it and all after it.
void fail_after(int calls, cudaError_t error, bool for_good);
void heal();

// Whether a failure has happened since the last heal().
bool has_failed();

// Buffers, streams and events not given back.
int owned();

}  // namespace mandel::cuda::fake
