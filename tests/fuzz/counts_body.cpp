// A result's two frames, as a worker can send them: the head's length (one byte), the head, the
// body. What is accepted must be what the head claims. A hash would stop a fuzzer at the door, so
// each input is tried twice: as it is, and with the claim that fits the body.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "common/wire/codec.h"
#include "common/wire/wire.h"
#include "master/results/verify.h"

namespace {

using namespace mandel;

constexpr std::uint32_t kMaxIter = 1000;
constexpr std::size_t kPixels = 12;

void check(const wire::Result& head, std::span<const std::byte> body) {
  const auto counts =
      verified_counts(head, zmq::message_t(body.data(), body.size()), kPixels, kMaxIter);
  if (!counts) return;
  MANDEL_ASSERT(counts->values().size() == kPixels);
  MANDEL_ASSERT(fingerprint(counts->values()) == claimed_fingerprint(head));
  MANDEL_ASSERT(std::ranges::all_of(counts->values(), [](auto count) { return count < kMaxIter; }));
}

wire::Result with_fitting_claim(wire::Result head, std::span<const std::byte> body) {
  std::vector<std::uint32_t> counts(kPixels);
  if (head.encoding() == wire::PLANES_LZ4)
    (void)decode_counts(body, counts);
  else if (body.size() == kPixels * 4)
    std::memcpy(counts.data(), body.data(), body.size());
  const Fingerprint print = fingerprint(counts);
  head.set_sum(print.sum);
  head.set_hash_low(print.hash_low);
  head.set_hash_high(print.hash_high);
  return head;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = std::as_bytes(std::span(data, size)).subspan(1);
  const std::size_t cut = std::min<std::size_t>(data[0], bytes.size());
  const auto envelope = decode(bytes.first(cut), true);
  if (!envelope) return 0;
  const auto body = bytes.subspan(cut);
  check(envelope->result(), body);
  check(with_fitting_claim(envelope->result(), body), body);
  return 0;
}
