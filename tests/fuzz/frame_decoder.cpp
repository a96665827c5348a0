// The first frame of a message, as any peer can send it: whatever decodes is put through all that
// is pure behind the decoder. The first byte says whether a body came too.
#include <cstdint>
#include <span>

#include "common/base/text.h"
#include "common/wire/batch.h"
#include "common/wire/wire.h"

namespace {

using namespace mandel;

// A job that a worker took must be one that a master can send again, bit for bit.
void check_round_trip(const wire::OpenJob& message) {
  const auto job = job_of(message);
  if (!job) return;
  const auto again = job_of(open_job(message.job(), *job));
  MANDEL_ASSERT(again && *again == *job);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto head = std::as_bytes(std::span(data, size)).subspan(1);
  const auto envelope = decode(head, data[0] % 2 == 1);
  if (!envelope) return 0;
  if (envelope->has_hello()) (void)negotiate(envelope->hello());
  if (envelope->has_open_job()) check_round_trip(envelope->open_job());
  if (envelope->has_result()) (void)claimed_fingerprint(envelope->result());
  if (envelope->has_batch()) {
    const auto messages = unpack(envelope->batch(), size);
    if (messages)
      for (const Unpacked& one : *messages) MANDEL_ASSERT(one.offset + one.bytes <= size);
  }
  (void)printable(envelope->welcome().host());
  (void)printable(envelope->refusal().reason());
  // Unknown fields are kept, so it can't have grown.
  MANDEL_ASSERT(envelope->ByteSizeLong() <= kHeadBytesMax);
  return 0;
}
