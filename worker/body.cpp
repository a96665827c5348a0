// See body.h.
#include "worker/body.h"

#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "common/wire/codec.h"

namespace mandel {
namespace {

std::optional<Body> compressed(std::span<const std::uint32_t> counts) try {
  auto encoded = encode_counts(counts);
  if (!encoded) return std::nullopt;
  const auto bytes = std::make_shared<const std::vector<std::byte>>(*std::move(encoded));
  return Body{wire::PLANES_LZ4, bytes, *bytes};
} catch (const std::bad_alloc&) {
  return std::nullopt;
}

}  // namespace

Owner both(Owner one, Owner other) {
  return std::make_shared<const std::pair<Owner, Owner>>(std::move(one), std::move(other));
}

Body body_of(std::unique_ptr<std::uint32_t[]> counts, std::size_t count, wire::Encoding wish) {
  const std::span<const std::uint32_t> values(counts.get(), count);
  if (wish == wire::PLANES_LZ4)
    if (auto body = compressed(values)) return *std::move(body);
  return {wire::RAW_U32, std::shared_ptr<const std::uint32_t[]>(std::move(counts)),
          std::as_bytes(values)};
}

}  // namespace mandel
