// The responder over real datagrams on loopback.
#include "worker/responder.h"

#include <gtest/gtest.h>
#include <netinet/in.h>

namespace mandel {
namespace {

const Identity kIdentity = {"desk1", 99};

class ResponderTest : public testing::Test {
 protected:
  // A port that is free, as far as one can know.
  static std::uint16_t free_port() {
    const auto probe = UdpSocket::bind({"127.0.0.1", 0});
    sockaddr_in address{};
    socklen_t length = sizeof address;
    getsockname(probe->fd(), reinterpret_cast<sockaddr*>(&address), &length);
    return ntohs(address.sin_port);
  }

  void ask(std::span<const std::byte> datagram) {
    master_.send(datagram, UdpSocket::peer(INADDR_LOOPBACK, port_));
    Sleeper sleeper;
    responder_.watch(sleeper, now_);
    sleeper.sleep(20 * kSecond);
    responder_.answer(now_);
  }

  Nanoseconds now_ = kSecond;
  const std::uint16_t port_ = free_port();
  Responder responder_ = *Responder::start({"127.0.0.1", port_}, kIdentity, "");
  UdpSocket master_ = *UdpSocket::bind({"127.0.0.1", 0});
};

TEST_F(ResponderTest, AnswersAQuestionWithWhereAndWhoItIs) {
  ask(discovery_question(5));
  const auto datagram = master_.receive();
  ASSERT_TRUE(datagram);
  const auto answer = read_discovery_answer(datagram->bytes);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->nonce, 5u);
  EXPECT_EQ(answer->port, port_);
  EXPECT_EQ(answer->host, "desk1");
  EXPECT_EQ(answer->incarnation, 99u);
  EXPECT_EQ(datagram->from.host(), "127.0.0.1");
}

TEST_F(ResponderTest, KeepsSilentToEverythingElse) {
  const std::string nonsense(kDiscoveryBytes, 'x');
  ask(std::as_bytes(std::span(nonsense)));
  const auto question = discovery_question(5);
  ask(std::span(question).first(20));
  const std::string huge(2000, 'x');
  ask(std::as_bytes(std::span(huge)));
  EXPECT_FALSE(master_.receive());
  ask(discovery_question(6));
  EXPECT_TRUE(master_.receive()) << "it must still answer";
}

// What lies in its socket meanwhile, the kernel throws away.
TEST_F(ResponderTest, AFloodOfQuestionsIsAnsweredInPart) {
  int answers = 0;
  const auto flood = [&] {
    for (int n = 0; n < 150; ++n)
      master_.send(discovery_question(5), UdpSocket::peer(INADDR_LOOPBACK, port_));
    ask(discovery_question(6));
    while (master_.receive()) ++answers;
  };
  flood();
  EXPECT_LE(answers, 100);
  EXPECT_GT(answers, 50);
  const int before = answers;
  responder_.answer(now_);
  EXPECT_EQ(answers, before);
  EXPECT_GT(responder_.next_timer(now_), now_);
  EXPECT_LT(responder_.next_timer(now_), now_ + kSecond);
  now_ += kSecond;
  EXPECT_EQ(responder_.next_timer(now_), INT64_MAX);
  flood();
  EXPECT_LE(answers, 200);
  EXPECT_GT(answers, before + 50);
}

TEST_F(ResponderTest, ABusyPortIsAnError) {
  EXPECT_FALSE(Responder::start({"127.0.0.1", port_}, kIdentity, ""));
}

}  // namespace
}  // namespace mandel
