// See colour_map.h. Each map but the tutorial's is a closed ring of colours.
#include "master/colours/colour_map.h"

#include <array>
#include <cmath>
#include <fmt/format.h>

namespace mandel {
namespace {

constexpr std::uint32_t kTableSize = 4096;

std::uint8_t mix(std::uint8_t a, std::uint8_t b, double t) {
  return static_cast<std::uint8_t>(std::lround(a + (b - a) * t));
}

// The colour at `position` (in turns) of a closed ring of stops at equal distances.
template <std::size_t N>
Rgb on_ring(const std::array<Rgb, N>& stops, double position) {
  const double at = (position - std::floor(position)) * N;
  const auto stop = static_cast<std::size_t>(at) % N;
  const Rgb& a = stops[stop];
  const Rgb& b = stops[(stop + 1) % N];
  const double t = at - std::floor(at);
  return {mix(a.red, b.red, t), mix(a.green, b.green, t), mix(a.blue, b.blue, t)};
}

// Turns of a ring for a count: each sixteenfold count is one turn further.
double turns_by_logarithm(std::uint32_t count) { return std::log2(count + 1.0) / 4.0; }

template <auto& Stops>
Rgb ring(double turns) {
  return on_ring(Stops, turns);
}

constexpr std::array<Rgb, 6> kUltra = {
    {{0, 7, 100}, {32, 107, 203}, {237, 255, 255}, {255, 170, 0}, {122, 40, 10}, {10, 5, 40}}};
constexpr std::array<Rgb, 5> kFire = {
    {{30, 4, 8}, {150, 18, 10}, {240, 110, 10}, {255, 235, 140}, {110, 30, 40}}};
constexpr std::array<Rgb, 5> kOcean = {
    {{3, 15, 40}, {8, 70, 110}, {40, 170, 170}, {215, 245, 225}, {30, 60, 110}}};

Rgb grey(double turns) {
  const double wave = 0.5 - 0.5 * std::cos(2 * 3.14159265358979 * turns);
  const auto level = static_cast<std::uint8_t>(std::lround(40 + 215 * wave));
  return {level, level, level};
}

// The tutorial's own: (n + 256 n + 65536 n) * 8 taken as the bytes R, G, B of a little-endian word,
// carries and all (its show() gave that to PIL as raw "RGBX").
Rgb tutorial(std::uint32_t count) {
  const std::uint32_t word = (count + 256 * count + 65536 * count) * 8;
  return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
          static_cast<std::uint8_t>(word >> 16)};
}

struct Named {
  std::string_view name;
  Rgb (*palette)(double turns);
  Rgb outside;
};

constexpr std::array<Named, 5> kMaps = {{{"ultra", ring<kUltra>, kUltra[0]},
                                         {"fire", ring<kFire>, kFire[0]},
                                         {"ocean", ring<kOcean>, kOcean[0]},
                                         {"grey", grey, {40, 40, 40}},
                                         {"tutorial", nullptr, {0, 0, 0}}}};

constexpr std::string_view kByRank = ":rank";
constexpr std::string_view kByLogarithm = ":log";

// Takes a suffix off, if it is there.
bool take_end(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

}  // namespace

ColourMap::ColourMap(Palette palette, Rgb outside, bool is_by_rank)
    : palette_(palette), outside_(outside), is_by_rank_(is_by_rank) {
  if (is_by_rank) return;
  table_.resize(kTableSize);
  for (std::uint32_t count = 0; count < kTableSize; ++count) table_[count] = compute(count);
}

Rgb ColourMap::compute(std::uint32_t count) const {
  if (palette_ == nullptr) return tutorial(count);
  return count == 0 ? Rgb{} : palette_(turns_by_logarithm(count));
}

std::string ColourMap::names() {
  std::string names;
  for (const Named& map : kMaps) names.append(names.empty() ? "" : ", ").append(map.name);
  return names;
}

Result<ColourMap> ColourMap::make(std::string_view text) {
  std::string_view name = text;
  const bool is_by_rank = take_end(name, kByRank);
  const bool is_said = is_by_rank || take_end(name, kByLogarithm);
  for (const Named& map : kMaps)
    if (map.name == name && (map.palette != nullptr || !is_said))
      return ColourMap(map.palette, map.outside, is_by_rank);
  return fail(
      fmt::format("no colour map is called '{}'; there are: {}; all but the last also as "
                  "NAME:rank or NAME:log",
                  text, names()));
}

std::string ColourMap::by_rank_unless_said(std::string text) {
  return make(text + std::string(kByRank)) ? text + std::string(kByRank) : text;
}

}  // namespace mandel
