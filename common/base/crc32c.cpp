// See crc32c.h.
#include "common/base/crc32c.h"

#include <array>

namespace mandel {
namespace {

constexpr std::uint32_t kPolynomial = 0x82f63b78;  // 0x1edc6f41 with its bits reversed

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t k = 0; k < table.size(); ++k) {
    std::uint32_t value = k;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) * kPolynomial);
    table[k] = value;
  }
  return table;
}

constexpr auto kTable = make_table();

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before) {
  std::uint32_t value = ~before;
  for (const std::byte byte : bytes)
    value = (value >> 8) ^ kTable[(value ^ static_cast<std::uint32_t>(byte)) & 0xff];
  return ~value;
}

}  // namespace mandel
