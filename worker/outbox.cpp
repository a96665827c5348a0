// See outbox.h.
#include "worker/outbox.h"

#include <utility>

#include "worker/messages.h"

namespace mandel {

bool Outbox::send(const Peer& peer, wire::Envelope head) {
  return batch_or(peer, head, {}, [&] {
    return link_.send(peer, head, std::nullopt, memory_.send(peer, head.ByteSizeLong()));
  });
}

bool Outbox::send(const Peer& peer, const KeptResult& result) {
  wire::Envelope head = result_message(result);
  return batch_or(peer, head, result.body.bytes, [&] {
    auto receipt = memory_.send(peer, head.ByteSizeLong() + result.bytes());
    auto body = frame_of(result.body.bytes, both(result.body.owner, std::move(receipt)));
    return link_.send(peer, head, std::move(body), nullptr);
  });
}

template <typename Alone>
bool Outbox::batch_or(const Peer& peer, wire::Envelope& head, std::span<const std::byte> body,
                      Alone send_alone) {
  bool is_there = true;
  const auto batch = batches_.find(peer);
  const bool waits = batch != batches_.end() && batch->second.put(head, body, [&] {
    is_there = send_batch(peer, batch->second);
  });
  return is_there && (waits || send_alone());
}

bool Outbox::send_batch(const Peer& peer, Batch& batch) {
  if (batch.is_empty()) return true;
  auto [head, bytes] = batch.take();
  std::optional<zmq::message_t> body;
  auto receipt = memory_.send(peer, head.ByteSizeLong() + bytes.size());
  if (!bytes.empty()) {
    const auto kept = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    body = frame_of(*kept, both(both(kept, memory_.hold(kept->capacity())), std::move(receipt)));
  }
  return link_.send(peer, head, std::move(body), std::move(receipt));
}

bool Outbox::flush(const Peer& peer) {
  const auto batch = batches_.find(peer);
  return batch == batches_.end() || send_batch(peer, batch->second);
}

std::vector<Outbox::Peer> Outbox::flush() {
  std::vector<Peer> gone;
  for (auto& [peer, batch] : batches_)
    if (!send_batch(peer, batch)) gone.push_back(peer);
  return gone;
}

}  // namespace mandel
