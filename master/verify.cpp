// See verify.h.
#include "master/verify.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <numeric>

#include "common/wire.h"

namespace mandel {

Counts::Counts(zmq::message_t frame)
    : frame_(std::move(frame)), count_(frame_.size() / sizeof(std::uint32_t)) {
  const bool is_aligned =
      reinterpret_cast<std::uintptr_t>(frame_.data()) % alignof(std::uint32_t) == 0;
  if (is_aligned && frame_.size() > sizeof(zmq_msg_t)) return;
  copy_ = std::make_unique_for_overwrite<std::uint32_t[]>(count_);
  std::memcpy(copy_.get(), frame_.data(), count_ * sizeof(std::uint32_t));
  frame_.rebuild();
}

FromPeer<Counts> verified_counts(const wire::Result& head, zmq::message_t body, std::size_t pixels,
                                 std::uint32_t max_iter) {
  if (head.encoding() != wire::RAW_U32)
    return blame_peer(fmt::format("counts in unknown encoding {}", int{head.encoding()}));
  if (body.size() != pixels * sizeof(std::uint32_t))
    return blame_peer(fmt::format("{} bytes of counts where {} belong", body.size(), pixels * 4));
  Counts counts(std::move(body));
  if (fingerprint(counts.values()) != claimed_fingerprint(head))
    return blame_peer("counts that do not match their own sum and hash");
  const std::uint32_t limit = std::max(max_iter, 1u);
  // A plain reduction, which compilers turn into vectors; an early exit would stop them.
  const auto values = counts.values();
  const std::uint32_t greatest =
      std::accumulate(values.begin(), values.end(), 0u,
                      [](std::uint32_t a, std::uint32_t b) { return std::max(a, b); });
  if (greatest >= limit) return blame_peer("counts beyond max_iter");
  return counts;
}

}  // namespace mandel
