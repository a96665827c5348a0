// How long each chunk takes on a lane of speed 1, relative to the mean: chunks of the Mandelbrot
// set are cheap at the rims and dear in the middle.
#pragma once

#include <cstdint>
#include <vector>

namespace mandel::sim {

enum class Profile { kFlat, kHump, kMonster };

// Mean 1. kHump: by an escape-time count of the whole set; kMonster: flat, but for one chunk that
// costs as much as `monster` others.
std::vector<double> relative_costs(Profile profile, std::uint32_t chunks, double monster = 30);

}  // namespace mandel::sim
