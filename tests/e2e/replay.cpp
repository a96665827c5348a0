// See replay.h.
#include "replay.h"

#include <arpa/inet.h>
#include <cstdint>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "common/net/tcp.h"

namespace mandel::e2e {
namespace {

constexpr std::size_t kHandshakeBytes = 64 + 43;  // greeting and READY
constexpr int kPatienceMs = 30'000;

std::string bytes_of(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 0; at < hex.size(); at += 2)
    bytes.push_back(static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16)));
  return bytes;
}

std::string greeting() {
  return bytes_of("ff00000000000000017f03014e554c4c") + std::string(48, '\0');
}

}  // namespace

std::string master_handshake() {
  return greeting() + bytes_of(
                          "04290552454144590b536f636b65742d54797065000000064445414c4552084964656e74"
                          "69747900000000");
}

std::string worker_handshake() {
  return greeting() + bytes_of(
                          "04290552454144590b536f636b65742d5479706500000006524f55544552084964656e74"
                          "69747900000000");
}

std::string hello_of_protocol_2() {
  return bytes_of("00180a16080210021a0c6d616e64656c20302e312e3022020102");
}

std::string welcome_of_protocol_2() {
  return bytes_of(
      "003f123d0802120c6d616e64656c20302e312e301a02766d2107ff688ac2f8256e2a180a067363616c6172120363"
      "70751a0965786163742d663634300c3a020102");
}

std::string hello_of_protocol_1() {
  return frame_of(bytes_of("0a12080110011a0c6d616e64656c20302e312e30"));
}

std::string welcome_of_protocol_1() {
  return frame_of(bytes_of(
      "123c0801120c6d616e64656c20302e312e301a056465736b31214d000000000000002a180a067363616c"
      "617212036370751a0965786163742d663634300c"));
}

std::string refusal_of_protocol_1() {
  return frame_of(bytes_of(
      "1a6f0a6d70726f746f636f6c2076657273696f6e7320646f206e6f74206d6565743a20746865206d6173"
      "74657220737065616b73203220746f20322c207468697320776f726b6572203120746f20313b20696e73"
      "74616c6c207468652073616d652072656c65617365206f6e20626f7468"));
}

std::string frame_of(const std::string& bytes) {
  EXPECT_LT(bytes.size(), 256u);
  return std::string(1, '\0') + static_cast<char>(bytes.size()) + bytes;
}

wire::Envelope answer_to(const std::string& hello, const std::string& address) {
  wire::Envelope answer;
  auto connection = TcpConnection::dial(*parse_address(address), kPatienceMs);
  if (!connection) {
    ADD_FAILURE() << "can't connect to " << address;
    return answer;
  }
  EXPECT_EQ(connection->ask(master_handshake(), kHandshakeBytes, kPatienceMs).bytes,
            worker_handshake());
  const std::string header = connection->ask(hello, 2, kPatienceMs).bytes;
  if (header.size() < 2 || header[0] != 0) {
    ADD_FAILURE() << "no short frame came";
    return answer;
  }
  const auto size = static_cast<unsigned char>(header[1]);
  EXPECT_TRUE(answer.ParseFromString(connection->ask("", size, kPatienceMs).bytes));
  return answer;
}

ReplayedService::ReplayedService(std::string first, std::string second, bool hangs_up)
    : first_(std::move(first)),
      second_(std::move(second)),
      hangs_up_(hangs_up),
      listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in bound{};
  bound.sin_family = AF_INET;
  bound.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof bound;
  EXPECT_EQ(bind(listener_, reinterpret_cast<const sockaddr*>(&bound), size), 0);
  EXPECT_EQ(listen(listener_, 16), 0);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&bound), &size);
  address_ = Address{"127.0.0.1", ntohs(bound.sin_port)}.text();
  thread_ = std::jthread([this] { serve(); });
}

ReplayedService::~ReplayedService() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

// One after another: nobody here asks twice at once.
void ReplayedService::serve() {
  std::vector<int> open;
  for (int fd; (fd = accept(listener_, nullptr, nullptr)) >= 0;) {
    const timeval patience{kPatienceMs / 1000, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)send(fd, first_.data(), first_.size(), MSG_NOSIGNAL);
    if (hangs_up_) {
      close(fd);
      continue;
    }
    open.push_back(fd);
    if (second_.empty()) continue;
    std::string heard(kHandshakeBytes, '\0');
    // Whoever only looked at the greeting has gone.
    if (recv(fd, heard.data(), heard.size(), MSG_WAITALL) != static_cast<ssize_t>(heard.size()))
      continue;
    (void)send(fd, second_.data(), second_.size(), MSG_NOSIGNAL);
  }
  for (const int fd : open) close(fd);
}

}  // namespace mandel::e2e
