// See colour_map.h.
#include "master/colours/colour_map.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <set>

#include "common/base/decimal.h"
#include "common/base/text.h"

namespace mandel {
namespace {

constexpr std::uint32_t kTableSize = 4096;
constexpr std::size_t kIndexedMax = 256;  // colours that a byte can tell apart

// Turns of a ring for a count: each sixteenfold count is one turn further.
double turns_by_logarithm(std::uint32_t count) { return std::log2(count + 1.0) / 4.0; }

constexpr std::string_view kTutorial = "tutorial";

// The tutorial's own: (n + 256 n + 65536 n) * 8 taken as the bytes R, G, B of a little-endian word,
// carries and all (its show() gave that to PIL as raw "RGBX").
Rgb tutorial(std::uint32_t count) {
  const std::uint32_t word = (count + 256 * count + 65536 * count) * 8;
  return {static_cast<std::uint8_t>(word), static_cast<std::uint8_t>(word >> 8),
          static_cast<std::uint8_t>(word >> 16)};
}

}  // namespace

// Of what follows the colon.
std::optional<ColourMap::Placing> ColourMap::read_placing(std::string_view text) {
  constexpr std::string_view kPeriodIs = "period=";
  if (text == "log") return Placing{Way::kLogarithm};
  if (text == "rank") return Placing{Way::kRank};
  if (text == "period") return Placing{Way::kPeriod};
  if (!text.starts_with(kPeriodIs)) return std::nullopt;
  const auto period = decimal<std::uint32_t>(text.substr(kPeriodIs.size()));
  if (!period || *period < kPeriodMin || *period > kPeriodMax) return std::nullopt;
  return Placing{Way::kPeriod, *period};
}

ColourMap::ColourMap(std::optional<Palette> palette, Placing placing, const Rendering& rendering)
    : palette_(std::move(palette)),
      placing_(placing),
      inside_(rendering.inside.value_or(Rgb{})),
      outside_(rendering.outside.value_or(palette_ ? palette_->outside() : Rgb{})) {
  if (is_by_rank()) return;
  table_.resize(kTableSize);
  for (std::uint32_t count = 0; count < kTableSize; ++count) table_[count].colour = compute(count);
}

double ColourMap::turns(std::uint32_t count) const {
  switch (placing_.way) {
    case Way::kRank:
      return ranks_->turns(count);
    case Way::kPeriod:
      return static_cast<double>(count % placing_.period) / placing_.period;
    case Way::kLogarithm:
      break;
  }
  return turns_by_logarithm(count);
}

Rgb ColourMap::compute(std::uint32_t count) const {
  if (count == 0) return inside_;
  return palette_ ? palette_->at(turns(count)) : tutorial(count);
}

// Almost all counts have a place in the table. So many are asked for at once, and each colour is
// stored with the byte behind it, which the next one overwrites: twice as fast as three bytes each.
void ColourMap::operator()(std::span<const std::uint32_t> counts, std::span<Rgb> colours) const {
  constexpr std::size_t kAtOnce = 8;
  static_assert(std::has_single_bit(kTableSize), "a | of counts is in the table if they all are");
  static_assert(sizeof(Rgb) == 3 && sizeof(Padded) == 4);
  const std::span<const Padded> table = table_;  // a copy, which no byte that is stored can change
  auto* const bytes = reinterpret_cast<std::uint8_t*>(colours.data());
  std::size_t k = 0;
  // The last colour has no byte behind it.
  for (; k + kAtOnce < counts.size() && !table.empty(); k += kAtOnce) {
    const auto some = counts.subspan(k).first<kAtOnce>();
    std::uint32_t bits = 0;
    for (const std::uint32_t count : some) bits |= count;
    if (bits < kTableSize)
      for (std::size_t j = 0; j < kAtOnce; ++j)
        std::memcpy(bytes + (k + j) * sizeof(Rgb), &table[some[j]], sizeof(Padded));
    else
      for (std::size_t j = 0; j < kAtOnce; ++j) colours[k + j] = (*this)(some[j]);
  }
  for (; k < counts.size(); ++k) colours[k] = (*this)(counts[k]);
}

std::string ColourMap::names() { return fmt::format("{}, {}", Palette::names(), kTutorial); }

Result<ColourMap> ColourMap::make(const Rendering& rendering) {
  const std::string_view map = rendering.map;
  if (map == kTutorial) return ColourMap(std::nullopt, {}, rendering);
  const std::size_t colon = std::min(map.find(':'), map.size());
  auto palette = Palette::named(map.substr(0, colon));
  if (!palette) return tl::unexpected(palette.error());
  if (!*palette)
    return fail(
        fmt::format("no colour map is called '{}'; there are: {}; {} takes no :log or the like",
                    printable(map), names(), kTutorial));
  const auto placing = colon == map.size() ? Placing{} : read_placing(map.substr(colon + 1));
  if (placing) return ColourMap(**std::move(palette), *placing, rendering);
  return fail(
      fmt::format("'{}' is no way to colour; there are: :log, :rank, :period and :period=N, with N "
                  "from {} to {}",
                  printable(map.substr(colon)), kPeriodMin, kPeriodMax));
}

std::string ColourMap::by_rank_unless_said(std::string map) {
  std::string by_rank = map + ":rank";
  return make({.map = by_rank}) ? by_rank : map;
}

std::optional<std::vector<Rgb>> ColourMap::all_colours(std::uint32_t max_iter) const {
  std::set<Rgb> colours = {inside_, outside_};
  if (const auto all = palette_ ? palette_->all_colours(kIndexedMax) : std::nullopt) {
    colours.insert(all->begin(), all->end());
  } else {
    const bool is_periodic = placing_.way == Way::kPeriod;
    std::uint32_t counts = max_iter == 0 ? 0 : max_iter - 1;
    if (is_periodic) counts = std::min(counts, placing_.period);
    if (is_by_rank() || counts >= kTableSize) return std::nullopt;
    for (std::uint32_t count = 1; count <= counts; ++count) colours.insert(table_[count].colour);
  }
  if (colours.size() > kIndexedMax) return std::nullopt;
  return std::vector<Rgb>(colours.begin(), colours.end());
}

}  // namespace mandel
