// Tells ThreadSanitizer what it can't see in libzmq's lock-free queues: memory that goes through
// them from thread to thread is written before the first of these calls and read after the second.
// In builds without that sanitizer they do nothing.
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
