// CRC-32C (Castagnoli), which finds damage to a journal's records: every burst of errors up to 32
// bits. Written here: a table and one line a byte are fast enough for records of 40 bytes, and of
// what Debian packages only Boost.CRC has it, while Boost is kept to one file (common/http). zlib's
// CRC-32 would do as well, but storage formats agree on this one, and publish test vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace mandel {

// Of `bytes`; or, with the checksum of what came `before` them, of both together.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace mandel
