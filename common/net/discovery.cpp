// See discovery.h. Both datagrams begin with eight letters that say what they are and in which
// version, then the nonce; numbers are little-endian.
#include "common/net/discovery.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "common/base/little_endian.h"
#include "common/base/text.h"

namespace mandel {
namespace {

constexpr std::string_view kQuestion = "mandel?1";
constexpr std::string_view kAnswer = "mandel!1";
constexpr std::size_t kAnswerHead = 8 + 8 + 8 + 2 + 2 + 2 + 1 + 1;
static_assert(kAnswerHead + kDiscoveryKeyBytes + kDiscoveryHostMax <= kDiscoveryBytes);

// Reads from the front; the caller has looked at the length.
class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size(); }
  std::string text(std::size_t length) {
    std::string text(reinterpret_cast<const char*>(bytes_.data()), length);
    bytes_ = bytes_.subspan(length);
    return text;
  }
  template <typename Number>
  Number number() {
    const auto number = little_endian<Number>(bytes_);
    bytes_ = bytes_.subspan(sizeof(Number));
    return number;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace

std::array<std::byte, kDiscoveryBytes> discovery_question(std::uint64_t nonce) {
  std::string bytes(kQuestion);
  append_little_endian(bytes, nonce);
  std::array<std::byte, kDiscoveryBytes> datagram{};
  std::memcpy(datagram.data(), bytes.data(), bytes.size());
  return datagram;
}

std::optional<std::uint64_t> read_discovery_question(std::span<const std::byte> datagram) {
  if (datagram.size() != kDiscoveryBytes) return std::nullopt;
  Reader reader(datagram);
  if (reader.text(kQuestion.size()) != kQuestion) return std::nullopt;
  return reader.number<std::uint64_t>();
}

std::string encode(const DiscoveryAnswer& answer) {
  const std::string host = answer.host.substr(0, kDiscoveryHostMax);
  std::string bytes(kAnswer);
  append_little_endian(bytes, answer.nonce);
  append_little_endian(bytes, answer.incarnation);
  append_little_endian(bytes, answer.protocol_min);
  append_little_endian(bytes, answer.protocol_max);
  append_little_endian(bytes, answer.port);
  append_little_endian(bytes, static_cast<std::uint8_t>(answer.key.size()));
  append_little_endian(bytes, static_cast<std::uint8_t>(host.size()));
  return bytes + answer.key + host;
}

std::optional<DiscoveryAnswer> read_discovery_answer(std::span<const std::byte> datagram) {
  if (datagram.size() < kAnswerHead || datagram.size() > kDiscoveryBytes) return std::nullopt;
  Reader reader(datagram);
  if (reader.text(kAnswer.size()) != kAnswer) return std::nullopt;
  DiscoveryAnswer answer;
  answer.nonce = reader.number<std::uint64_t>();
  answer.incarnation = reader.number<std::uint64_t>();
  answer.protocol_min = reader.number<std::uint16_t>();
  answer.protocol_max = reader.number<std::uint16_t>();
  answer.port = reader.number<std::uint16_t>();
  const std::size_t key_length = reader.number<std::uint8_t>();
  const std::size_t host_length = reader.number<std::uint8_t>();
  if (host_length > kDiscoveryHostMax || reader.left() != key_length + host_length)
    return std::nullopt;
  answer.key = reader.text(key_length);
  answer.host = printable(reader.text(host_length));
  const bool is_sane = answer.port != 0 && answer.protocol_min <= answer.protocol_max &&
                       (answer.key.empty() || answer.key.size() == kDiscoveryKeyBytes) &&
                       std::ranges::all_of(answer.key, [](char c) { return c > ' ' && c <= '~'; });
  return is_sane ? std::optional(std::move(answer)) : std::nullopt;
}

}  // namespace mandel
