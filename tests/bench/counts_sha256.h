// The fingerprint by which whole pictures are compared: a sum alone would let errors cancel.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mandel {

// SHA-256 of the counts as little-endian 32-bit words, row-major, in 64 lower-case hex digits.
std::string counts_sha256(std::span<const std::uint32_t> counts);

}  // namespace mandel
