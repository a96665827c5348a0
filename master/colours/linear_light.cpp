// See linear_light.h.
#include "master/colours/linear_light.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace mandel {
namespace {

constexpr double kLightMax = 65535;

double light_of_byte(std::size_t byte) {
  const double value = static_cast<double>(byte) / 255;
  return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
}

struct Tables {
  std::array<std::uint16_t, 256> light{};
  std::array<std::uint8_t, 65536> byte{};  // whose light is nearest; of two, the darker

  Tables() {
    for (std::size_t k = 0; k < light.size(); ++k)
      light[k] = static_cast<std::uint16_t>(std::lround(kLightMax * light_of_byte(k)));
    for (std::size_t k = 0, next = 0; k < light.size(); ++k) {
      const std::size_t end =
          k + 1 == light.size() ? byte.size() : (std::size_t{light[k]} + light[k + 1]) / 2 + 1;
      for (; next < end; ++next) byte[next] = static_cast<std::uint8_t>(k);
    }
  }
};

const Tables& tables() {
  static const Tables the;
  return the;
}

}  // namespace

Light light_of(Rgb colour) {
  const auto& light = tables().light;
  return {light[colour.red], light[colour.green], light[colour.blue]};
}

Rgb mean_colour(const Light& sum, std::uint32_t count) {
  const auto& byte = tables().byte;
  const auto mean = [count](std::uint32_t light) { return (light + count / 2) / count; };
  return {byte[mean(sum.red)], byte[mean(sum.green)], byte[mean(sum.blue)]};
}

}  // namespace mandel
