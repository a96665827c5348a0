// Checks what a worker says about its counts against the counts themselves, chunk by chunk, before
// anything else sees them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <zmq.hpp>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/fingerprint.h"
#include "mandel.pb.h"

namespace mandel {

// A chunk's decoded counts. They lie in the frame that they came in, if it is large and aligned;
// otherwise in a copy, or decoded in memory of their own. (ZeroMQ puts middling frames anywhere in
// its receive buffer, and tiny ones inside the message object, where they move with it.)
class Counts {
 public:
  Counts() = default;
  // `frame` holds whole little-endian uint32 values.
  explicit Counts(zmq::message_t frame);
  Counts(std::unique_ptr<std::uint32_t[]> values, std::size_t count)
      : copy_(std::move(values)), count_(count) {}

  std::span<const std::uint32_t> values() const {
    return {copy_ ? copy_.get() : frame_.data<std::uint32_t>(), count_};
  }

 private:
  zmq::message_t frame_;
  std::unique_ptr<std::uint32_t[]> copy_;
  std::size_t count_ = 0;
};

// Are they what was claimed of them, and counts of such a job? An error says how not.
FromPeer<void> check_counts(std::span<const std::uint32_t> counts, const Fingerprint& claimed,
                            std::uint32_t max_iter);

// The decoded counts of a result of `pixels` pixels. An error says how the result contradicts
// itself. Whatever the body says, no more memory is taken than for so many pixels. `decoded`, if
// given, gets the time when decoding was over.
FromPeer<Counts> verified_counts(const wire::Result& head, zmq::message_t body, std::size_t pixels,
                                 std::uint32_t max_iter, Nanoseconds* decoded = nullptr);

}  // namespace mandel
