// Structs that begin with their size, between callers and a library of different ages. All fields
// are of 8 bytes where pointers are, so that none hides in the padding of an older struct, and 0 is
// every field's default: what an older caller lacks is 0, and what a newer one has more must be.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "kernels/c_api/fault.h"

namespace mandel {

// No struct will be larger; a size that is was never set.
inline constexpr std::size_t kStructBytesMax = 4096;

// The struct as this library knows it. `name` is its type's.
template <typename Struct>
Struct read_struct(const Struct& given, const char* name) {
  const std::size_t size = given.size;
  const auto refuse = [&](const std::string& why) -> Fault {
    return {MANDEL_BAD_ARGUMENT, std::string(name) + ".size is " + std::to_string(size) + why};
  };
  if (size < sizeof size || size > kStructBytesMax || size % alignof(Struct) != 0)
    throw refuse(": set it to sizeof(" + std::string(name) + ")");
  const auto* bytes = reinterpret_cast<const unsigned char*>(&given);
  const std::size_t known_bytes = std::min(size, sizeof(Struct));
  if (std::any_of(bytes + known_bytes, bytes + size, [](unsigned char byte) { return byte != 0; }))
    throw refuse(", which is newer than this library, and a field that it does not know is not 0");
  Struct known{};
  std::memcpy(&known, bytes, known_bytes);
  return known;
}

// Null: all defaults.
template <typename Struct>
Struct read_optional(const Struct* given, const char* name) {
  return given != nullptr ? read_struct(*given, name) : Struct{};
}

// What of it the caller knows. Its size was checked by read_struct().
template <typename Struct>
void write_struct(Struct values, Struct& taker) {
  values.size = taker.size;
  std::memcpy(&taker, &values, std::min(taker.size, sizeof(Struct)));
}

}  // namespace mandel
