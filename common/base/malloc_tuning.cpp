// See malloc_tuning.h.
#include "common/base/malloc_tuning.h"

#include <malloc.h>

namespace mandel {
namespace {

constexpr int kMappedApart = 32 << 20;  // bytes: the largest threshold that glibc takes
constexpr int kKept = 256 << 20;  // bytes at the end of an arena: the master's window of counts

}  // namespace

void keep_freed_memory() {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, kMappedApart);
  mallopt(M_TRIM_THRESHOLD, kKept);
#endif
}

void give_freed_memory_back() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace mandel
