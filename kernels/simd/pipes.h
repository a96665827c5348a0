// How this CPU's pipes share multiplications and additions, which decides how an orbit's doubling
// is best written (orbits-inl.h). Asked of the CPU by its maker's name: a trial run would tell
// it too, but not in the microseconds that a core may take to power up its widest vectors.
#pragma once

namespace mandel {

// Whether each vector pipe multiplies as well as it adds (Intel, ARM). On AMD's Zen half of the
// pipes only multiply and the other half only add.
inline bool pipes_are_alike() {
#if defined(__x86_64__)
  return !__builtin_cpu_is("amd");
#else
  return true;
#endif
}

}  // namespace mandel
