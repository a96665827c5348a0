// See zmtp_probe.h. The layout: https://rfc.zeromq.org/spec/23/
#include "common/net/zmtp_probe.h"

#include "common/base/text.h"

namespace mandel {
namespace {

constexpr std::size_t kSignatureBytes = 10;  // 0xff, eight bytes for padding, 0x7f
constexpr std::size_t kMechanismAt = 12;     // behind the version's two bytes
constexpr std::size_t kMechanismBytes = 20;  // filled up with zeros

}  // namespace

// One byte more than the signature, the major version: libzmq says the rest of its greeting only to
// a peer of version 3. The mechanism, which comes next, is left out: libzmq hangs up at once on any
// but its own.
std::string_view greeting_question() {
  using namespace std::string_view_literals;
  return "\xff\0\0\0\0\0\0\0\0\x7f\x03"sv;
}

Greeting greeting_of(const TcpConnection::Said& said) {
  const std::string& bytes = said.bytes;
  if (bytes.empty()) return {said.is_over ? Greeting::Kind::kHungUp : Greeting::Kind::kSilent, ""};
  const bool is_zmtp = bytes.size() == kGreetingBytes && bytes[0] == '\xff' &&
                       bytes[kSignatureBytes - 1] == '\x7f' && bytes[kSignatureBytes] >= 3;
  if (!is_zmtp) return {Greeting::Kind::kForeign, printable(bytes.substr(0, bytes.find('\r')))};
  const std::string mechanism = bytes.substr(kMechanismAt, kMechanismBytes);
  return {Greeting::Kind::kZmtp, printable(mechanism.substr(0, mechanism.find('\0')))};
}

}  // namespace mandel
