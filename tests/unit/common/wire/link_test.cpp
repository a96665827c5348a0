// The link over real TCP sockets on loopback.
#include "common/wire/link.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr Nanoseconds kDeadline = 20 * kSecond;

template <typename Poll, typename Link>
auto eventually(Poll poll, Link& link) {
  const Nanoseconds until = steady_now() + kDeadline;
  Sleeper sleeper;
  auto got = poll();
  while (!got && steady_now() < until) {
    link.watch(sleeper);
    sleeper.sleep(kDeadline);  // longer than any news may take: nothing but news ends it
    got = poll();
  }
  return got;
}

class LinkTest : public testing::Test {
 protected:
  LinkTest() : listener_(*ListenLink::bind(context_, "tcp://127.0.0.1:*", WorkerSide{100})) {}

  ListenLink::Incoming incoming() {
    auto got = eventually([&] { return listener_.receive(); }, listener_);
    return got ? *std::move(got) : ListenLink::Incoming{"", blame_peer("nothing came")};
  }

  zmq::context_t context_;
  ListenLink listener_;
};

wire::Envelope hello() {
  wire::Envelope envelope;
  envelope.mutable_hello()->set_protocol_max(1);
  return envelope;
}

TEST_F(LinkTest, CarriesAHeadThereAndAResultBack) {
  DialLink dialler(context_, listener_.address()->endpoint(), MasterSide{1 << 20});
  ASSERT_TRUE(dialler.send(hello()));
  const auto greeting = incoming();
  ASSERT_TRUE(greeting.message);
  EXPECT_TRUE(greeting.message->head.has_hello());

  wire::Envelope result;
  result.mutable_result()->set_chunk(9);
  ASSERT_TRUE(listener_.send(greeting.peer, result, zmq::message_t(std::string(100'000, 'x'))));
  const auto answer = eventually([&] { return dialler.receive(); }, dialler);
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->head.result().chunk(), 9u);
  EXPECT_EQ((*answer)->body.size(), 100'000u);
  EXPECT_GT(dialler.bytes_in(), 100'000u);
}

TEST_F(LinkTest, NoticesThatTheOtherEndIsGone) {
  std::optional<ListenLink> other =
      *ListenLink::bind(context_, "tcp://127.0.0.1:*", WorkerSide{100});
  DialLink dialler(context_, other->address()->endpoint(), MasterSide{1 << 20});
  dialler.send(hello());
  ASSERT_TRUE(eventually([&] { return other->receive(); }, *other));
  EXPECT_FALSE(dialler.ended());
  other.reset();
  EXPECT_TRUE(eventually([&] { return dialler.ended(); }, dialler));
}

// A link that lingers and loses its peer meanwhile once took the context's I/O thread with it.
TEST_F(LinkTest, ClosingALinkThatStillHasToSendLeavesTheOthersAlone) {
  auto other = std::make_unique<ListenLink>(
      *ListenLink::bind(context_, "tcp://127.0.0.1:*", WorkerSide{100}));
  auto dialler =
      std::make_unique<DialLink>(context_, other->address()->endpoint(), MasterSide{1 << 20});
  dialler->send(hello());
  ASSERT_TRUE(eventually([&] { return other->receive(); }, *other));
  wire::Envelope large = hello();
  large.mutable_hello()->set_software(std::string(20'000, 'x'));
  while (dialler->send(large)) {  // until all queues are full: nobody reads
  }
  dialler.reset();
  other.reset();
  DialLink last(context_, listener_.address()->endpoint(), MasterSide{1 << 20});
  ASSERT_TRUE(last.send(hello()));
  EXPECT_TRUE(incoming().message);
}

// Both ways: who reads can't tell that they came together, and each body is a message's own.
TEST_F(LinkTest, ABatchComesAsItsMessages) {
  DialLink dialler(context_, listener_.address()->endpoint(), MasterSide{1 << 20});
  dialler.send(hello());
  const std::string peer = incoming().peer;
  wire::Envelope tasks;
  for (std::uint32_t chunk : {1u, 2u})
    tasks.mutable_batch()->add_messages()->mutable_task()->set_chunk(chunk);
  ASSERT_TRUE(dialler.send(tasks));
  for (std::uint32_t chunk : {1u, 2u}) {
    const auto got = incoming();
    ASSERT_TRUE(got.message) << got.message.error().what;
    EXPECT_EQ(got.message->head.task().chunk(), chunk);
    EXPECT_EQ(got.peer, peer);
  }
  wire::Envelope results;
  for (std::uint32_t bytes : {4u, 8u}) {
    results.mutable_batch()->add_messages()->mutable_result()->set_chunk(bytes);
    results.mutable_batch()->add_body_bytes(bytes);
  }
  ASSERT_TRUE(listener_.send(peer, results, zmq::message_t(std::string("aaaabbbbbbbb"))));
  for (const std::string body : {"aaaa", "bbbbbbbb"}) {
    auto got = eventually([&] { return dialler.receive(); }, dialler);
    ASSERT_TRUE(got && *got);
    EXPECT_EQ((*got)->head.result().chunk(), body.size());
    EXPECT_EQ((*got)->body.to_string(), body);
  }
  ASSERT_TRUE(listener_.send(peer, results, zmq::message_t(std::string("aaaa"))));
  const auto broken = eventually([&] { return dialler.receive(); }, dialler);
  EXPECT_TRUE(broken && !*broken) << "its bodies are too short";
}

// Of a head and of a body: without a copy, and let go once it is with the other end.
TEST_F(LinkTest, AFrameKeepsItsOwnerUntilItIsSent) {
  DialLink dialler(context_, listener_.address()->endpoint(), MasterSide{1 << 20});
  dialler.send(hello());
  const auto greeting = incoming();
  const auto bytes = std::make_shared<const std::vector<std::byte>>(100'000);
  const auto receipt = std::make_shared<const int>(1);
  zmq::message_t body = frame_of(*bytes, bytes);
  EXPECT_EQ(body.data(), bytes->data());
  EXPECT_EQ(bytes.use_count(), 2);
  wire::Envelope result;
  result.mutable_result();
  ASSERT_TRUE(listener_.send(greeting.peer, result, std::move(body), receipt));
  ASSERT_TRUE(eventually([&] { return dialler.receive(); }, dialler));
  ASSERT_TRUE(listener_.send(greeting.peer, hello()));
  ASSERT_TRUE(eventually([&] { return dialler.receive(); }, dialler));
  EXPECT_EQ(bytes.use_count(), 1);
  EXPECT_EQ(receipt.use_count(), 1);
}

TEST_F(LinkTest, HangingUpEndsTheConnectionAndWhatWaitsThere) {
  zmq::socket_t deaf(context_, zmq::socket_type::dealer);
  deaf.set(zmq::sockopt::linger, 0);
  deaf.set(zmq::sockopt::rcvhwm, 1);
  deaf.connect(listener_.address()->endpoint());
  deaf.send(zmq::buffer(encode(hello())), zmq::send_flags::none);
  const auto greeting = incoming();
  const auto bytes = std::make_shared<const std::vector<std::byte>>(1'000'000);
  wire::Envelope result;
  result.mutable_result();
  while (bytes.use_count() < 20)  // more than is read without being asked for
    ASSERT_TRUE(listener_.send(greeting.peer, result, frame_of(*bytes, bytes)));
  ASSERT_TRUE(listener_.hang_up(greeting.peer, greeting.connection));
  Sleeper sleeper;
  const Nanoseconds until = steady_now() + kDeadline;
  while (bytes.use_count() > 1 && steady_now() < until) {
    (void)listener_.receive();
    listener_.watch(sleeper);
    sleeper.sleep(10 * kMillisecond);
  }
  EXPECT_EQ(bytes.use_count(), 1);
  EXPECT_FALSE(listener_.send(greeting.peer, hello()));
  EXPECT_FALSE(listener_.hang_up(greeting.peer, greeting.connection)) << "it is over already";
  DialLink other(context_, listener_.address()->endpoint(), MasterSide{1 << 20});
  other.send(hello());
  EXPECT_TRUE(incoming().message) << "nobody else is cut off";
}

TEST_F(LinkTest, SendingToNobodyIsToldNotThrown) {
  EXPECT_FALSE(listener_.send("nobody", hello()));
}

TEST_F(LinkTest, ABusyPortIsAnError) {
  const auto second = ListenLink::bind(context_, listener_.address()->endpoint(), WorkerSide{100});
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().what.find("in use"), std::string::npos) << second.error().what;
}

// A peer that does not keep to the two frames, spoken with a bare socket.
TEST_F(LinkTest, StrangeMultipartMessagesAreThePeersFault) {
  zmq::socket_t bare(context_, zmq::socket_type::dealer);
  bare.set(zmq::sockopt::linger, 0);
  bare.connect(listener_.address()->endpoint());
  const std::string head = encode(hello());
  bare.send(zmq::buffer(head), zmq::send_flags::sndmore);
  bare.send(zmq::str_buffer("a"), zmq::send_flags::sndmore);
  bare.send(zmq::str_buffer("b"), zmq::send_flags::none);
  EXPECT_FALSE(incoming().message);
  bare.send(zmq::str_buffer("garbage"), zmq::send_flags::none);
  EXPECT_FALSE(incoming().message);
  bare.send(zmq::buffer(head), zmq::send_flags::none);
  EXPECT_TRUE(incoming().message) << "the listener must be in step again";
}

}  // namespace
}  // namespace mandel
