// Several messages in one: what a loop has to say to one peer in one turn. A message costs each
// side two threads that must be woken and four system calls, which small chunks can't earn. No
// message ever waits for others to come; who sends decides when, by take(). From kBatchesSince on.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "common/wire/wire.h"

namespace mandel {

inline constexpr std::uint32_t kBatchesSince = 3;  // the version of the protocol that has them

class Batch {
 public:
  struct Frames {
    wire::Envelope head;
    std::vector<std::byte> body;  // empty: there is none
  };

  // Takes the message, with a copy of its body. False if there is no room for it (take() makes
  // some), or it is to be sent by itself: its kind is for no batch (fits_batch()), or it is so
  // large that copying costs more than a message.
  bool add(wire::Envelope& head, std::span<const std::byte> body = {});
  // As add(), but `flush`, which sends what take() has, makes room for it. False: it is to be sent
  // by itself, and what was added before has gone.
  template <typename Flush>
  bool put(wire::Envelope& head, std::span<const std::byte> body, Flush flush) {
    if (add(head, body)) return true;
    flush();
    return add(head, body);
  }
  bool is_empty() const { return batch_.messages().empty(); }
  // All of them as one message, or the only one as itself. It is empty afterwards.
  Frames take();

 private:
  wire::Batch batch_;
  std::size_t head_bytes_ = 0;
  std::vector<std::byte> body_;
};

// The messages of a batch that decode() let pass, in their order, with where each one's body lies
// in the batch's, which has `body_bytes`. An error if the lengths contradict each other.
struct Unpacked {
  wire::Envelope head;
  std::size_t offset = 0;
  std::size_t bytes = 0;
};
FromPeer<std::vector<Unpacked>> unpack(wire::Batch batch, std::size_t body_bytes);

}  // namespace mandel
