// Numbers as bytes that travel or lie in files, the lowest first, whatever the machine is. Protobuf
// does that for messages; this is for what is too small or too large for it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace mandel {

template <typename Integer>
void append_little_endian(std::string& bytes, Integer number) {
  for (std::size_t k = 0; k < sizeof number; ++k)
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> (8 * k) & 0xff);
}

// The first of `bytes`, of which there are enough.
template <typename Integer>
Integer little_endian(std::span<const std::byte> bytes) {
  std::uint64_t number = 0;
  for (std::size_t k = 0; k < sizeof(Integer); ++k)
    number |= std::to_integer<std::uint64_t>(bytes[k]) << (8 * k);
  return static_cast<Integer>(number);
}

}  // namespace mandel
