// The reference: one point, one loop, the definition and nothing else. Every other backend is
// compared with it, so it has no cleverness that could be wrong.
#pragma once

#include <cstdint>

namespace mandel {

// A point's orbit on its way: z after `n` iterations. `escaped` means that iteration n - 1 took it
// past 2, so the count is n - 1.
struct Orbit {
  double x = 0.0;
  double y = 0.0;
  std::uint32_t n = 0;
  bool escaped = false;
};

// Iterates z -> z^2 + c until it escapes or n reaches `until`. Going in several steps gives the
// same bits as going in one, which lets a caller poll a stop token in between.
inline void advance(Orbit& orbit, double cx, double cy, std::uint32_t until) {
  double x = orbit.x;
  double y = orbit.y;
  std::uint32_t n = orbit.n;
  for (bool inside = true; inside && n < until; ++n) {
    const double next_x = (x * x - y * y) + cx;
    const double next_y = (x * y + y * x) + cy;
    x = next_x;
    y = next_y;
    inside = !(x * x + y * y > 4.0);
    orbit.escaped = !inside;
  }
  orbit.x = x;
  orbit.y = y;
  orbit.n = n;
}

// The count of the point cx + i cy: the definition in one call.
inline std::uint32_t scalar_count(double cx, double cy, std::uint32_t max_iter) {
  Orbit orbit;
  advance(orbit, cx, cy, max_iter);
  return orbit.escaped ? orbit.n - 1 : 0;
}

}  // namespace mandel
