// See verify.h.
#include "master/results/verify.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>

#include "common/wire/codec.h"
#include "common/wire/wire.h"

namespace mandel {
namespace {

FromPeer<Counts> read_raw(zmq::message_t body, std::size_t pixels) {
  if (body.size() != pixels * sizeof(std::uint32_t))
    return blame_peer(fmt::format("{} bytes of counts where {} belong", body.size(), pixels * 4));
  return Counts(std::move(body));
}

FromPeer<Counts> read_compressed(const zmq::message_t& body, std::size_t pixels) {
  auto values = std::make_unique_for_overwrite<std::uint32_t[]>(pixels);
  const auto decoded = decode_counts({body.data<std::byte>(), body.size()}, {values.get(), pixels});
  if (!decoded) return tl::unexpected(decoded.error());
  return Counts(std::move(values), pixels);
}

FromPeer<Counts> read_counts(wire::Encoding encoding, zmq::message_t body, std::size_t pixels) {
  switch (encoding) {
    case wire::RAW_U32:
      return read_raw(std::move(body), pixels);
    case wire::PLANES_LZ4:
      return read_compressed(body, pixels);
    default:
      return blame_peer(fmt::format("counts in unknown encoding {}", int{encoding}));
  }
}

}  // namespace

Counts::Counts(zmq::message_t frame)
    : frame_(std::move(frame)), count_(frame_.size() / sizeof(std::uint32_t)) {
  const bool is_aligned =
      reinterpret_cast<std::uintptr_t>(frame_.data()) % alignof(std::uint32_t) == 0;
  if (is_aligned && frame_.size() > sizeof(zmq_msg_t)) return;
  copy_ = std::make_unique_for_overwrite<std::uint32_t[]>(count_);
  std::memcpy(copy_.get(), frame_.data(), count_ * sizeof(std::uint32_t));
  frame_.rebuild();
}

FromPeer<void> check_counts(std::span<const std::uint32_t> counts, const Fingerprint& claimed,
                            std::uint32_t max_iter) {
  const auto [print, is_below] = inspect(counts, std::max(max_iter, 1u));
  if (print != claimed) return blame_peer("counts that do not match their own sum and hash");
  if (!is_below) return blame_peer("counts beyond max_iter");
  return {};
}

FromPeer<Counts> verified_counts(const wire::Result& head, zmq::message_t body, std::size_t pixels,
                                 std::uint32_t max_iter, Nanoseconds* decoded) {
  auto counts = read_counts(head.encoding(), std::move(body), pixels);
  if (!counts) return counts;
  if (decoded != nullptr) *decoded = steady_now();
  if (const auto checked = check_counts(counts->values(), claimed_fingerprint(head), max_iter);
      !checked)
    return tl::unexpected(checked.error());
  return counts;
}

}  // namespace mandel
