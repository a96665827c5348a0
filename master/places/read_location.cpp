// See read_location.h.
#include "master/places/read_location.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <span>

#include "common/base/decimal.h"
#include "common/base/small_file.h"
#include "common/base/text.h"
#include "common/wire/job.h"
#include "master/places/key_values.h"

namespace mandel {
namespace {

using Entries = std::vector<KeyValue>;

// What would change the counts unless it has this value.
struct Unless {
  std::string_view key;
  double neutral;
  double tolerance;
  std::string_view what;
};

constexpr std::string_view kFormula = "another formula than z^2 + c";
constexpr std::string_view kRotated = "a rotated view";
constexpr std::string_view kStretched = "a stretched view";
constexpr double kAngle = 1e-6;

constexpr std::array kOfKfr = {
    Unless{"FractalType", 0, 0, kFormula},
    Unless{"Power", 2, 0, kFormula},
    Unless{"UseHybridFormula", 0, 0, kFormula},
    Unless{"SeedR", 0, 0, kFormula},
    Unless{"SeedI", 0, 0, kFormula},
    Unless{"RotateAngle", 0, kAngle, kRotated},
    Unless{"Rotate", 0, kAngle, kRotated},
    Unless{"StretchAmount", 0, kAngle, kStretched},
    Unless{"Ratio", 360, 3.6, kStretched},  // of older versions, in 1/360 and roughly
};
constexpr std::array kOfFraktaler = {
    Unless{"transform.rotate", 0, kAngle, kRotated},
    Unless{"transform.stretch_amount", 0, kAngle, kStretched},
    Unless{"transform.exponential_map", 0, 0, "an exponential map"},
    Unless{"formula.power", 2, 0, kFormula},
    Unless{"formula.abs_x", 0, 0, kFormula},
    Unless{"formula.abs_y", 0, 0, kFormula},
    Unless{"formula.neg_x", 0, 0, kFormula},
    Unless{"formula.neg_y", 0, 0, kFormula},
};
constexpr std::array kOfRustFractal = {Unless{"rotate", 0, kAngle, kRotated}};

struct Format {
  std::string_view re;
  std::string_view im;
  std::string_view zoom;
  std::string_view max_iter;
  std::span<const Unless> unless;
  bool may_lack_centre = false;   // it is not written where it is 0
  bool is_always_quoted = false;  // numbers of any length are
};

constexpr Format kKfr{"Re", "Im", "Zoom", "Iterations", kOfKfr};
constexpr Format kFraktaler{"location.real",
                            "location.imag",
                            "location.zoom",
                            "bailout.iterations",
                            kOfFraktaler,
                            true,
                            true};
constexpr Format kRustFractal{"real", "imag", "zoom", "iterations", kOfRustFractal, false, true};
constexpr Format kDeepDrill{
    "location.real", "location.imag", "location.zoom", "location.depth", {}};

bool is_key(const KeyValue& entry, std::string_view name) {
  return std::ranges::equal(entry.key, name, [](char a, char b) { return a == std::tolower(b); });
}

const KeyValue* find(const Entries& entries, std::string_view name) {
  const auto found =
      std::ranges::find_if(entries, [&](const KeyValue& entry) { return is_key(entry, name); });
  return found == entries.end() ? nullptr : &*found;
}

const Format* format_of(const Entries& entries) {
  const KeyValue* kfr = find(entries, "re");
  if (kfr != nullptr && kfr->separator == ':') return &kKfr;
  if (const KeyValue* program = find(entries, "program"))
    if (program->value == "fraktaler-3") return &kFraktaler;
  for (const std::string_view name : {"location.real", "location.zoom"})
    if (const KeyValue* located = find(entries, name))
      return located->is_quoted ? &kFraktaler : &kDeepDrill;
  return find(entries, "real") != nullptr ? &kRustFractal : nullptr;
}

// The value of this name; none if the file has none.
Result<const KeyValue*> look_up(const Entries& entries, const Format& format,
                                std::string_view name) {
  const auto is_it = [&](const KeyValue& entry) { return is_key(entry, name); };
  if (std::ranges::count_if(entries, is_it) > 1)
    return fail(fmt::format("has '{}' more than once", name));
  const KeyValue* entry = find(entries, name);
  if (entry != nullptr && !entry->is_complete && !entry->is_quoted && !format.is_always_quoted)
    return fail(fmt::format(
        "ends within the line of '{}': is it cut short? (if not, end that line)", name));
  return entry;
}

Result<Decimal> number_of(const Entries& entries, const Format& format, std::string_view name,
                          bool may_be_missing) {
  const auto entry = look_up(entries, format, name);
  if (!entry) return tl::unexpected(entry.error());
  if (*entry == nullptr && may_be_missing) return Decimal{};
  if (*entry == nullptr) return fail(fmt::format("has no '{}': is it cut short?", name));
  if (const auto decimal = parse_decimal((*entry)->value)) return *decimal;
  constexpr std::size_t kShown = 40;
  const std::string& value = (*entry)->value;
  return fail(fmt::format(
      "'{}' is {}{}: give a decimal number of at most {} digits, between 1e-{} and 1e{} in size",
      name, printable(value.substr(0, kShown)),
      value.size() > kShown ? fmt::format("... ({} characters)", value.size()) : "",
      kDecimalDigitsMax, kDecimalExponentMax, kDecimalExponentMax));
}

Result<std::optional<std::uint32_t>> limit_of(const Entries& entries, const Format& format) {
  const auto entry = look_up(entries, format, format.max_iter);
  if (!entry) return tl::unexpected(entry.error());
  if (*entry == nullptr) return std::optional<std::uint32_t>();
  const auto limit = decimal<std::uint32_t>((*entry)->value);
  if (limit && *limit <= kIterMax) return limit;
  return fail(fmt::format("'{}' is {}: give a whole number from 0 to {}", format.max_iter,
                          printable((*entry)->value), kIterMax));
}

bool is_neutral(const std::string& value, const Unless& unless) {
  if (value == "true" || value == "false") return unless.neutral == (value == "true" ? 1 : 0);
  const auto number = decimal<double>(value);
  return number && std::abs(*number - unless.neutral) <= unless.tolerance;
}

Result<void> check_counts_unchanged(const Entries& entries, const Format& format) {
  for (const KeyValue& entry : entries) {
    for (const Unless& unless : format.unless)
      if (is_key(entry, unless.key) && !is_neutral(entry.value, unless))
        return fail(fmt::format("asks for {} ('{}' is {}), which mandel can't compute", unless.what,
                                unless.key, printable(entry.value)));
    if (&format == &kFraktaler && entry.key == "formula.opcodes" && entry.value != "sqr add")
      return fail(fmt::format("asks for {} ('{}'), which mandel can't compute", kFormula,
                              printable(entry.value)));
  }
  return {};
}

}  // namespace

Result<Location> read_location(std::string_view text) {
  const auto entries = key_values(text);
  if (!entries) return tl::unexpected(entries.error());
  const Format* format = format_of(*entries);
  if (format == nullptr)
    return fail(
        "is no location file that mandel knows: .kfr of Kalles Fraktaler, .toml of Fraktaler 3 or "
        "rust-fractal, .ini of DeepDrill");
  if (auto checked = check_counts_unchanged(*entries, *format); !checked)
    return tl::unexpected(checked.error());
  auto re = number_of(*entries, *format, format->re, format->may_lack_centre);
  if (!re) return tl::unexpected(re.error());
  auto im = number_of(*entries, *format, format->im, format->may_lack_centre);
  if (!im) return tl::unexpected(im.error());
  auto zoom = number_of(*entries, *format, format->zoom, false);
  if (!zoom) return tl::unexpected(zoom.error());
  if (zoom->is_zero() || zoom->is_negative)
    return fail(fmt::format("'{}' is {}: a zoom is above 0", format->zoom, to_text(*zoom)));
  const auto max_iter = limit_of(*entries, *format);
  if (!max_iter) return tl::unexpected(max_iter.error());
  return Location{*std::move(re), *std::move(im), *std::move(zoom), *max_iter};
}

Result<Location> read_location_file(const std::string& path) {
  const auto text = read_named_file(path);
  if (!text) return tl::unexpected(text.error());
  auto location = read_location(*text);
  return location ? location : fail(fmt::format("{} {}", path, location.error().what));
}

}  // namespace mandel
