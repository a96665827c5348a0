// Are these the bytes that were there before? A hash says so, as text that a file can hold. Like a
// fingerprint (fingerprint.h) by XXH3, at memory speed; but of any bytes, and without a sum.
#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace mandel {

std::string hash_text(std::span<const std::byte> bytes);  // 32 hex digits

}  // namespace mandel
