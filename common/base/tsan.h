// For ThreadSanitizer, which can't see into libzmq's lock-free queues: memory that goes from thread
// to thread through them was written before the one call and is read after the other. Without that
// sanitizer these are nothing.
#pragma once

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace mandel {

inline void tsan_sent([[maybe_unused]] void* memory) {
#ifdef __SANITIZE_THREAD__
  __tsan_release(memory);
#endif
}

inline void tsan_received([[maybe_unused]] void* memory) {
#ifdef __SANITIZE_THREAD__
  __tsan_acquire(memory);
#endif
}

}  // namespace mandel
