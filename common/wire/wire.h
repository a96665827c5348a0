// Frames to messages and back, with every check that needs no context: the size, that the protobuf
// parses, that a body is there if and only if the kind has one. A message from decode() is well
// formed; its reader asks whether it makes sense in the present state.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "common/base/error.h"
#include "common/base/fingerprint.h"
#include "common/wire/job.h"
#include "mandel.pb.h"  // IWYU pragma: export

namespace mandel {

inline constexpr std::uint32_t kProtocolMin = 2;
inline constexpr std::uint32_t kProtocolMax = 3;
// No first frame is larger: control messages are small, and text in them is cut.
inline constexpr std::size_t kHeadBytesMax = std::size_t{64} * 1024;
// Messages in a batch.
inline constexpr int kBatchMax = 256;
// May a message of this kind be in one?
bool fits_batch(wire::Envelope::KindCase kind);

// Versions that one side speaks.
struct Protocols {
  std::uint32_t min = kProtocolMin;
  std::uint32_t max = kProtocolMax;
};
std::string in_words(const Protocols& protocols);  // "2" or "2 to 3"

// Why these two can't talk and which of them to upgrade; empty if they can.
std::string version_gap(const Protocols& master, const Protocols& worker);

// The highest version that both speak; else the gap.
FromPeer<std::uint32_t> negotiate(const wire::Hello& hello);

// The first frame's bytes.
std::string encode(const wire::Envelope& envelope);

// The message in a first frame. `has_body` says whether a second frame came.
FromPeer<wire::Envelope> decode(std::span<const std::byte> head, bool has_body);

// Either side says it in leaving.
wire::Envelope goodbye_message();

// Jobs on the wire. A job that comes out has been checked against every bound.
wire::OpenJob open_job(std::uint64_t id, const Job& job);
FromPeer<Job> job_of(const wire::OpenJob& message);

// What a result's head claims of the decoded counts.
Fingerprint claimed_fingerprint(const wire::Result& result);

}  // namespace mandel
