// A result's second frame while it is in the worker: bytes that nobody changes any more. The kept
// results and ZeroMQ share them, so that counts are never copied for the wire: raw counts stay in
// the memory that the kernel wrote them to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "mandel.pb.h"

namespace mandel {

// Whose bytes, or whose share of memory, last for as long as it does.
using Owner = std::shared_ptr<const void>;
Owner both(Owner one, Owner other);

struct Body {
  wire::Encoding encoding = wire::RAW_U32;
  Owner owner;
  std::span<const std::byte> bytes;
};

// In the wished encoding, or raw where that would not be smaller or memory is short.
Body body_of(std::unique_ptr<std::uint32_t[]> counts, std::size_t count, wire::Encoding wish);

}  // namespace mandel
