// The most exact iterations per second that one core of this machine can do: the yardstick beside
// which a kernel's rate says how much of the silicon it uses. It is measured, not looked up, since
// clocks wander and a CPU's name tells little about its ports.
#pragma once

#include <string>

namespace mandel {

struct PortLimit {
  double clock_hz = 0.0;         // by a chain of dependent integer additions, one per clock
  std::size_t vector_lanes = 0;  // doubles in the widest vector
  double muls_per_clock = 0.0;   // vector instructions, from independent chains
  double adds_per_clock = 0.0;
  // Doublings out of three that the best mix does by fma(t, 2, cy) instead of by two additions.
  int fused_of_three = 0;
  double iterations_per_clock = 0.0;

  double iterations_per_second() const { return clock_hz * iterations_per_clock; }
  // How the figure came about, in two lines.
  std::string explanation() const;
};

// Takes about a fifth of a second.
PortLimit measure_port_limit();

}  // namespace mandel
