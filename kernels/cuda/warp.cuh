// Counters that thousands of threads share, touched once per warp instead of once per thread:
// atomic operations on one address happen one after another. Once per block would be rarer still,
// but needs shared memory and barriers.
#pragma once

#include <cooperative_groups.h>
#include <cstdint>

namespace mandel::cuda {

inline constexpr unsigned kThreadsPerBlock = 128;
inline constexpr unsigned kWarpThreads = 32;

inline unsigned blocks_for(std::uint32_t threads) {
  return (threads + kThreadsPerBlock - 1) / kThreadsPerBlock;
}

__device__ inline std::uint32_t thread_index() { return blockIdx.x * blockDim.x + threadIdx.x; }

// A place of one's own behind `counter`, for however many threads of the warp ask at once.
__device__ inline std::uint32_t append(std::uint32_t* counter) {
  const auto askers = cooperative_groups::coalesced_threads();
  std::uint32_t first = 0;
  if (askers.thread_rank() == 0) first = atomicAdd(counter, askers.size());
  return askers.shfl(first, 0) + askers.thread_rank();
}

// Adds every thread's value to the total. All threads of the warp must call it.
__device__ inline void add_up(unsigned long long* total, unsigned long long value) {
  for (unsigned distance = kWarpThreads / 2; distance > 0; distance /= 2)
    value += __shfl_down_sync(0xffffffffu, value, distance);
  if (threadIdx.x % kWarpThreads == 0 && value != 0) atomicAdd(total, value);
}

// Counts the threads for which `flag` holds. All threads of the warp must call it.
__device__ inline void count_if(std::uint32_t* total, bool flag) {
  const unsigned votes = __ballot_sync(0xffffffffu, flag);
  if (threadIdx.x % kWarpThreads == 0 && votes != 0) atomicAdd(total, __popc(votes));
}

}  // namespace mandel::cuda
