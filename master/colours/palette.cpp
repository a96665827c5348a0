// See palette.h.
#include "master/colours/palette.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "common/base/text.h"

namespace mandel {
namespace {

std::uint8_t mix(std::uint8_t a, std::uint8_t b, double t) {
  return static_cast<std::uint8_t>(std::lround(a + (b - a) * t));
}

constexpr std::uint8_t kGreyLeast = 40;
constexpr std::uint8_t kGreyMost = 255;

Rgb grey(double turns) {
  const double wave = 0.5 - 0.5 * std::cos(2 * 3.14159265358979 * turns);
  const auto level =
      static_cast<std::uint8_t>(std::lround(kGreyLeast + (kGreyMost - kGreyLeast) * wave));
  return {level, level, level};
}

struct Named {
  std::string_view name;
  std::vector<Rgb> stops;
};

const std::vector<Named>& palettes() {
  static const std::vector<Named> all = {
      {"ultra",
       {{0, 7, 100}, {32, 107, 203}, {237, 255, 255}, {255, 170, 0}, {122, 40, 10}, {10, 5, 40}}},
      {"fire", {{30, 4, 8}, {150, 18, 10}, {240, 110, 10}, {255, 235, 140}, {110, 30, 40}}},
      {"ocean", {{3, 15, 40}, {8, 70, 110}, {40, 170, 170}, {215, 245, 225}, {30, 60, 110}}},
      {"grey", {}}};
  return all;
}

Result<std::vector<Rgb>> read_stops(std::string_view text) {
  std::vector<Rgb> stops;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const auto stop = read_rgb(text.substr(at, end - at));
    if (!stop) return tl::unexpected(stop.error());
    if (stops.size() == kStopsMax)
      return fail(fmt::format("a palette has at most {} colours", kStopsMax));
    stops.push_back(*stop);
    at = end + 1;
  }
  return stops;
}

// Adds what blends of the two are. Where two channels change, each in its own way, it depends on
// roundings which levels they have at once: then false.
bool add_blends(Rgb a, Rgb b, std::set<Rgb>& colours) {
  const std::array<std::pair<int, int>, 3> channels = {
      {{a.red, b.red}, {a.green, b.green}, {a.blue, b.blue}}};
  std::pair<int, int> change = {0, 0};
  for (const auto& channel : channels) {
    if (channel.first == channel.second) continue;
    if (change.first != change.second && channel != change) return false;
    change = channel;
  }
  const auto [least, most] = std::minmax(change.first, change.second);
  for (int level = least; level <= most; ++level) {
    const auto at = [&](std::size_t k) {
      return static_cast<std::uint8_t>(channels[k] == change ? level : channels[k].first);
    };
    colours.insert({at(0), at(1), at(2)});
  }
  return true;
}

}  // namespace

Result<std::optional<Palette>> Palette::named(std::string_view text) {
  for (const Named& palette : palettes())
    if (palette.name == text)
      return Palette(palette.stops, palette.stops.empty() ? grey(0) : palette.stops[0]);
  auto stops = read_stops(text);
  if (stops) {
    const Rgb first = stops->front();
    return Palette(*std::move(stops), first);
  }
  if (text.find_first_of("#,") != text.npos) return tl::unexpected(stops.error());
  return std::optional<Palette>();
}

std::string Palette::names() {
  std::string names;
  for (const Named& palette : palettes())
    names.append(names.empty() ? "" : ", ").append(palette.name);
  return names;
}

Rgb Palette::at(double turns) const {
  if (stops_.empty()) return grey(turns);
  const std::size_t count = stops_.size();
  const double at = (turns - std::floor(turns)) * static_cast<double>(count);
  const auto stop = static_cast<std::size_t>(at) % count;
  const Rgb& a = stops_[stop];
  const Rgb& b = stops_[(stop + 1) % count];
  const double t = at - std::floor(at);
  return {mix(a.red, b.red, t), mix(a.green, b.green, t), mix(a.blue, b.blue, t)};
}

std::optional<std::vector<Rgb>> Palette::all_colours(std::size_t most) const {
  std::set<Rgb> colours;
  if (stops_.empty())
    add_blends({kGreyLeast, kGreyLeast, kGreyLeast}, {kGreyMost, kGreyMost, kGreyMost}, colours);
  for (std::size_t k = 0; k < stops_.size(); ++k)
    if (!add_blends(stops_[k], stops_[(k + 1) % stops_.size()], colours) || colours.size() > most)
      return std::nullopt;
  if (colours.size() > most) return std::nullopt;
  return std::vector<Rgb>(colours.begin(), colours.end());
}

std::string text_of(const std::vector<Rgb>& stops) {
  std::string text;
  for (const Rgb stop : stops) text.append(text.empty() ? "" : ",").append(text_of(stop));
  return text;
}

}  // namespace mandel
