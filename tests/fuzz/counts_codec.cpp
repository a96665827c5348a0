// Compressed counts from anybody: the number of counts (two bytes), then what claims to be so many.
// Whatever decodes must survive another trip.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "common/wire/codec.h"

namespace {

using namespace mandel;

void check_round_trip(const std::vector<std::uint32_t>& counts) {
  const auto encoded = encode_counts(counts);
  if (!encoded) return;  // they do not shrink
  MANDEL_ASSERT(encoded->size() < counts.size() * sizeof(std::uint32_t));
  std::vector<std::uint32_t> again(counts.size());
  MANDEL_ASSERT(decode_counts(*encoded, again));
  MANDEL_ASSERT(again == counts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  std::vector<std::uint32_t> counts(data[0] | std::size_t{data[1]} << 8);
  if (decode_counts(std::as_bytes(std::span(data, size)).subspan(2), counts))
    check_round_trip(counts);
  return 0;
}
