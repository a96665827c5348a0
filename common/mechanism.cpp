// See mechanism.h. Source: https://rfc.zeromq.org/spec/23/, the greeting.
#include "common/mechanism.h"

#include <chrono>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>

namespace mandel {
namespace {

using namespace std::string_view_literals;
using Clock = std::chrono::steady_clock;

constexpr auto kSignatureAndVersion = "\xff\0\0\0\0\0\0\0\0\x7f\x03"sv;
constexpr std::size_t kMechanismAt = 12;
constexpr std::size_t kMechanismSize = 20;

}  // namespace

std::string mechanism_of(int connection, int timeout_ms) {
  (void)send(connection, kSignatureAndVersion.data(), kSignatureAndVersion.size(), MSG_NOSIGNAL);
  const auto until = Clock::now() + std::chrono::milliseconds(timeout_ms);
  std::string greeting;
  while (greeting.size() < kMechanismAt + kMechanismSize) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    pollfd waiting{connection, POLLIN, 0};
    if (left <= 0 || poll(&waiting, 1, static_cast<int>(left)) != 1) return "";
    char part[64];
    const ssize_t got = recv(connection, part, sizeof part, MSG_DONTWAIT);
    if (got <= 0) return "";
    greeting.append(part, static_cast<std::size_t>(got));
  }
  if (greeting[0] != kSignatureAndVersion[0] || greeting[9] != kSignatureAndVersion[9]) return "";
  return greeting.substr(kMechanismAt, kMechanismSize).c_str();  // padded with zeros
}

}  // namespace mandel
