// See batch.h.
#include "common/wire/batch.h"

#include <fmt/format.h>
#include <utility>

namespace mandel {
namespace {

// Copying so much takes a few microseconds, a message of its own ten or more.
constexpr std::size_t kBodyBytesMax = std::size_t{16} * 1024;
// A peer takes frames at least as long as the longest head.
constexpr std::size_t kBodiesBytesMax = kHeadBytesMax;
// The lengths of messages and bodies, besides.
constexpr std::size_t kHeadsBytesMax = kHeadBytesMax / 2;
constexpr std::size_t kLengthBytes = 16;

}  // namespace

bool Batch::add(wire::Envelope& head, std::span<const std::byte> body) {
  const std::size_t head_bytes = head.ByteSizeLong() + kLengthBytes;
  if (!fits_batch(head.kind_case()) || body.size() > kBodyBytesMax ||
      body_.size() + body.size() > kBodiesBytesMax || head_bytes_ + head_bytes > kHeadsBytesMax ||
      batch_.messages_size() == kBatchMax)
    return false;
  head_bytes_ += head_bytes;
  if (head.has_result()) batch_.add_body_bytes(static_cast<std::uint32_t>(body.size()));
  body_.insert(body_.end(), body.begin(), body.end());
  batch_.add_messages()->Swap(&head);
  return true;
}

Batch::Frames Batch::take() {
  Frames frames{.head = {}, .body = std::exchange(body_, {})};
  if (batch_.messages_size() == 1)
    frames.head.Swap(batch_.mutable_messages(0));
  else
    frames.head.mutable_batch()->Swap(&batch_);
  batch_.Clear();
  head_bytes_ = 0;
  return frames;
}

FromPeer<std::vector<Unpacked>> unpack(wire::Batch batch, std::size_t body_bytes) {
  std::vector<Unpacked> messages;
  messages.reserve(static_cast<std::size_t>(batch.messages_size()));
  std::size_t offset = 0;
  int bodies = 0;
  for (wire::Envelope& head : *batch.mutable_messages()) {
    const std::size_t bytes = head.has_result() ? batch.body_bytes(bodies++) : 0;
    if (bytes > body_bytes - offset) return blame_peer("a batch whose bodies are too long for it");
    messages.push_back({.head = {}, .offset = offset, .bytes = bytes});
    messages.back().head.Swap(&head);
    offset += bytes;
  }
  if (offset != body_bytes)
    return blame_peer(fmt::format("a batch of {} bytes for bodies of {}", body_bytes, offset));
  return messages;
}

}  // namespace mandel
