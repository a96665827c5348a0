// See write_location.h. What a program would keep of the picture that it showed before, or begin
// with, is said too, where it changes the view.
#include "master/places/write_location.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

namespace mandel {
namespace {

// Kalles Fraktaler looks for a capital E.
std::string with_capital(std::string text) {
  std::ranges::replace(text, 'e', 'E');
  return text;
}

// Its picture stands on its head unless it is told that the imaginary axis points up. Older
// versions take no file without colours.
std::string kfr_text(const Location& location) {
  return fmt::format(
      "Re: {}\r\nIm: {}\r\nZoom: {}\r\nIterations: {}\r\nColors: 0,0,0,255,255,255,\r\n"
      "Power: 2\r\nFractalType: 0\r\nRotateAngle: 0\r\nStretchAngle: 0\r\nStretchAmount: 0\r\n"
      "ImagPointsUp: 1\r\n",
      with_capital(to_text(location.re)), with_capital(to_text(location.im)),
      with_capital(to_text(location.zoom)), location.max_iter.value());
}

// Its other limits are 1024 by default, too few for a deep place.
std::string fraktaler_text(const Location& location) {
  return fmt::format(
      "program = \"fraktaler-3\"\nlocation.real = \"{}\"\nlocation.imag = \"{}\"\n"
      "location.zoom = \"{}\"\nbailout.iterations = {}\n"
      "bailout.maximum_reference_iterations = {}\nbailout.maximum_perturb_iterations = {}\n"
      "bailout.maximum_bla_steps = {}\n",
      to_text(location.re), to_text(location.im), to_text(location.zoom), location.max_iter.value(),
      location.max_iter.value(), location.max_iter.value(), location.max_iter.value());
}

}  // namespace

std::optional<LocationFormat> location_format_of(const std::string& path) {
  const std::string extension = std::filesystem::path(path).extension();
  if (extension == ".kfr") return LocationFormat::kKfr;
  if (extension == ".toml") return LocationFormat::kFraktaler;
  return std::nullopt;
}

std::string location_text(LocationFormat format, const Location& location) {
  return format == LocationFormat::kKfr ? kfr_text(location) : fraktaler_text(location);
}

}  // namespace mandel
