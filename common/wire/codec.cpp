// See codec.h.
#include "common/wire/codec.h"

#include <lz4.h>
#include <memory>
#include <numeric>

namespace mandel {
namespace {

constexpr std::size_t kCountsMax = std::size_t{1} << 28;  // LZ4 counts bytes with an int

std::size_t bytes_needed(std::span<const std::uint32_t> counts) {
  // An OR instead of a maximum: as good for this, and quicker.
  const std::uint32_t bits =
      std::accumulate(counts.begin(), counts.end(), 0u, [](auto a, auto b) { return a | b; });
  return bits < 1u << 8 ? 1 : bits < 1u << 16 ? 2 : bits < 1u << 24 ? 3 : 4;
}

// Loops over a number of planes that the compiler knows become vectors.
template <std::size_t kWidth>
void split(std::span<const std::uint32_t> counts, std::uint8_t* planes) {
  const std::size_t n = counts.size();
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t plane = 0; plane < kWidth; ++plane)
      planes[plane * n + k] = static_cast<std::uint8_t>(counts[k] >> (8 * plane));
}

template <std::size_t kWidth>
void join(const std::uint8_t* planes, std::span<std::uint32_t> counts) {
  const std::size_t n = counts.size();
  for (std::size_t k = 0; k < n; ++k) {
    std::uint32_t count = 0;
    for (std::size_t plane = 0; plane < kWidth; ++plane)
      count |= std::uint32_t{planes[plane * n + k]} << (8 * plane);
    counts[k] = count;
  }
}

constexpr decltype(&split<1>) kSplit[] = {split<1>, split<2>, split<3>, split<4>};
constexpr decltype(&join<1>) kJoin[] = {join<1>, join<2>, join<3>, join<4>};

char* chars(void* bytes) { return static_cast<char*>(bytes); }
const char* chars(const void* bytes) { return static_cast<const char*>(bytes); }

}  // namespace

std::optional<std::vector<std::byte>> encode_counts(std::span<const std::uint32_t> counts) {
  if (counts.empty() || counts.size() > kCountsMax) return std::nullopt;
  const std::size_t width = bytes_needed(counts);
  const std::size_t plane_bytes = width * counts.size();
  const auto planes = std::make_unique_for_overwrite<std::uint8_t[]>(plane_bytes);
  kSplit[width - 1](counts, planes.get());
  std::vector<std::byte> encoded(counts.size_bytes() - 1);
  encoded[0] = static_cast<std::byte>(width);
  const int room = static_cast<int>(encoded.size() - 1);
  const int bytes = LZ4_compress_default(chars(planes.get()), chars(encoded.data() + 1),
                                         static_cast<int>(plane_bytes), room);
  if (bytes <= 0) return std::nullopt;  // it did not fit
  encoded.resize(1 + static_cast<std::size_t>(bytes));
  encoded.shrink_to_fit();  // it may be kept for long
  return encoded;
}

FromPeer<void> decode_counts(std::span<const std::byte> encoded, std::span<std::uint32_t> counts) {
  MANDEL_ASSERT(counts.size() <= kCountsMax);
  if (encoded.empty() || encoded.size() > counts.size_bytes())
    return blame_peer("compressed counts of an impossible size");
  const auto width = std::to_integer<std::size_t>(encoded[0]);
  if (width < 1 || width > 4) return blame_peer("compressed counts of an impossible width");
  const std::size_t plane_bytes = width * counts.size();
  const auto planes = std::make_unique_for_overwrite<std::uint8_t[]>(plane_bytes);
  const int bytes =
      LZ4_decompress_safe(chars(encoded.data() + 1), chars(planes.get()),
                          static_cast<int>(encoded.size() - 1), static_cast<int>(plane_bytes));
  if (bytes < 0 || static_cast<std::size_t>(bytes) != plane_bytes)
    return blame_peer("compressed counts that do not decompress to what belongs here");
  kJoin[width - 1](planes.get(), counts);
  return {};
}

}  // namespace mandel
