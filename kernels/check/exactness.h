// Is every count of a backend the reference's, on the views, at sizes that fit no block of threads?
// Pixel by pixel, not by sum: two wrong pixels may cancel out. Without a test framework, since the
// machine with the GPU may have none.
#pragma once

#include <string>
#include <vector>

#include "kernels/kernel.h"

namespace mandel::check {

// One job, and what `scalar` makes of it.
struct Reference {
  std::string name;
  std::vector<double> xs;
  std::vector<double> ys;
  std::uint32_t max_iter;
  std::vector<std::uint32_t> counts;
};

// All jobs, computed on all cores. `quick` leaves out what takes seconds under a sanitizer.
std::vector<Reference> make_references(bool quick);

// How many of the kernel's counts differ from the reference's.
std::size_t wrong_pixels(Kernel& kernel, const Reference& reference);

// Stops a job without end from another thread and returns how long the kernel took to notice;
// negative if it did not stop.
double seconds_to_stop(Kernel& kernel);

}  // namespace mandel::check
