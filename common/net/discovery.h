// What a master asks into the local network, and what workers answer: the two datagrams of finding
// each other, as bytes. A fixed layout and no protobuf, since an answer must never be longer than
// the question: then nobody can amplify a flood by forging the sender's address.
//
// An answer is a rumour, not a proof: keys decide later, over TCP, who is admitted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace mandel {

// The length of a question; answers are shorter.
inline constexpr std::size_t kDiscoveryBytes = 160;
inline constexpr std::size_t kDiscoveryKeyBytes = 40;
inline constexpr std::size_t kDiscoveryHostMax = 63;

struct DiscoveryAnswer {
  std::uint64_t nonce = 0;        // of the question
  std::uint64_t incarnation = 0;  // names the process, which may be found under several addresses
  std::uint16_t protocol_min = 0;
  std::uint16_t protocol_max = 0;
  std::uint16_t port = 0;  // of TCP, where the worker listens
  std::string key;         // its public CURVE key in Z85, or empty: it speaks plain
  std::string host;        // its machine's name, printable, cut to kDiscoveryHostMax

  bool operator==(const DiscoveryAnswer&) const = default;
};

std::array<std::byte, kDiscoveryBytes> discovery_question(std::uint64_t nonce);
// The nonce, if that is what the datagram is.
std::optional<std::uint64_t> read_discovery_question(std::span<const std::byte> datagram);

std::string encode(const DiscoveryAnswer& answer);
// Nothing if it is no answer, or one that makes no sense. The key is printable, but may be none.
std::optional<DiscoveryAnswer> read_discovery_answer(std::span<const std::byte> datagram);

}  // namespace mandel
