// Mixing of colours as light mixes. A byte of a picture is no measure of light: half of 255 is not
// half as bright. So colours are averaged as amounts of light, in whole numbers, since a picture's
// bytes must not depend on who computes them.
#pragma once

#include <cstdint>

#include "master/colours/rendering.h"

namespace mandel {

// Light of all three kinds, 0 to 65535 for each colour.
struct Light {
  std::uint32_t red = 0;
  std::uint32_t green = 0;
  std::uint32_t blue = 0;

  // Of at most 65,536 colours.
  Light& operator+=(const Light& other) {
    red += other.red;
    green += other.green;
    blue += other.blue;
    return *this;
  }
};

// By the transfer function of sRGB, IEC 61966-2-1.
Light light_of(Rgb colour);

// The colour of the mean of `count` lights, of which this is the sum. Of one light it is the colour
// itself.
Rgb mean_colour(const Light& sum, std::uint32_t count);

}  // namespace mandel
