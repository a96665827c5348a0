// Peers that don't even speak ZeroMQ: port scanners, browsers, wrong port numbers. Bare TCP, below
// what hostile_test and rude_worker_test can say.
#include <arpa/inet.h>
#include <csignal>
#include <gtest/gtest.h>
#include <random>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include "common/net/address.h"
#include "process.h"

namespace mandel::e2e {
namespace {

class Tcp {
 public:
  // A connection to `address`.
  explicit Tcp(const std::string& address) : Tcp() {
    const auto parsed = parse_address(address);
    const sockaddr_in to = loopback(parsed->port);
    EXPECT_EQ(connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to), 0);
  }
  // A port that listens.
  static Tcp listening() {
    Tcp tcp;
    const sockaddr_in any = loopback(0);
    EXPECT_EQ(bind(tcp.fd_, reinterpret_cast<const sockaddr*>(&any), sizeof any), 0);
    EXPECT_EQ(listen(tcp.fd_, 16), 0);
    return tcp;
  }
  ~Tcp() {
    if (fd_ >= 0) close(fd_);
  }
  Tcp(Tcp&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Tcp& operator=(Tcp&&) = delete;

  std::string address() const {
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&bound), &size);
    return Address{"127.0.0.1", ntohs(bound.sin_port)}.text();
  }
  // The next that connects; nothing once shut down.
  std::optional<Tcp> accepted() const {
    const int fd = accept(fd_, nullptr, nullptr);
    if (fd < 0) return std::nullopt;
    return Tcp(fd);
  }
  void say(const std::string& bytes) const {
    (void)!send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  void shut_down() const { shutdown(fd_, SHUT_RDWR); }

 private:
  Tcp() : Tcp(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  explicit Tcp(int fd) : fd_(fd) {}
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  int fd_;
};

std::vector<std::string> nonsense() {
  // ZMTP's own greeting, and then rubbish: beyond the first check.
  std::string greeting(1, '\xff');
  greeting.append(8, '\0').append("\x7f\x03").append(1, '\0').append("NULL").resize(64);
  std::vector<std::string> texts = {"GET / HTTP/1.1\r\nHost: mandel\r\n\r\n", greeting,
                                    greeting + std::string(1000, '\xff'), greeting.substr(0, 11)};
  std::mt19937 random;
  for (const std::size_t size : {1, 10, 64, 1000, 100'000}) {
    std::string& text = texts.emplace_back(size, '\0');
    for (char& byte : text) byte = static_cast<char>(random());
  }
  return texts;
}

TEST(RawTcp, ThreeHundredConnectionsThatSayNothingKeepNobodyOut) {
  const Worker worker;
  std::vector<Tcp> silent;
  for (int k = 0; k < 300; ++k) silent.emplace_back(worker.address());
  const MasterRun run = run_master({"--hosts", worker.address(), "--expect-sum", kTutorialSum});
  EXPECT_EQ(run.status, 0) << run.err;
}

TEST(RawTcp, NonsenseDoesNotDisturbAWorker) {
  Worker worker;
  std::vector<Tcp> rude;
  for (const std::string& text : nonsense()) rude.emplace_back(worker.address()).say(text);
  const MasterRun run = run_master({"--hosts", worker.address(), "--expect-sum", kTutorialSum});
  EXPECT_EQ(run.status, 0) << run.err;
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0) << worker.process().err();
}

TEST(RawTcp, NonsenseWhereAWorkerShouldBeIsNoWorker) {
  const Tcp port = Tcp::listening();
  std::jthread service([&] {
    std::vector<Tcp> connections;
    const auto texts = nonsense();
    for (std::size_t k = 0; auto connection = port.accepted(); ++k) {
      connection->say(texts[k % texts.size()]);
      connections.push_back(*std::move(connection));
    }
  });
  const MasterRun run = run_master({"--hosts", port.address(), "--patience", "1"});
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_NE(run.err.find(port.address()), std::string::npos) << run.err;
  port.shut_down();
}

}  // namespace
}  // namespace mandel::e2e
