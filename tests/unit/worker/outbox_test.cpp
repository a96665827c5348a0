// What is sent goes in order, together where it may and alone where it must, and whoever can't be
// sent to is told.
#include "worker/outbox.h"

#include <gtest/gtest.h>
#include <set>

#include "worker/messages.h"

namespace mandel {
namespace {

// A link whose peers take everything, but those that are gone.
class Peers final : public Hub {
 public:
  struct Sent {
    std::string peer;
    wire::Envelope head;
    std::optional<zmq::message_t> body;
    std::shared_ptr<const void> receipt;
  };

  std::optional<Incoming> receive() override { return std::nullopt; }
  bool send(const std::string& peer, const wire::Envelope& head, std::optional<zmq::message_t> body,
            std::shared_ptr<const void> receipt) override {
    if (gone.contains(peer)) return false;
    sent.push_back({peer, head, std::move(body), std::move(receipt)});
    return true;
  }
  bool hang_up(const std::string&, const TcpHandle&) override { return false; }
  void watch(Sleeper&) override {}

  std::set<std::string> gone;
  std::vector<Sent> sent;
};

KeptResult result_of(std::uint32_t chunk, std::size_t bytes) {
  const auto counts = std::make_shared<const std::vector<std::byte>>(bytes, std::byte{7});
  KeptResult result;
  result.head.set_chunk(chunk);
  result.body = {wire::RAW_U32, counts, *counts};
  return result;
}

constexpr std::size_t kSmall = 64;
constexpr std::size_t kLarge = std::size_t{1} << 20;

class OutboxTest : public testing::Test {
 protected:
  // With a body or without one.
  void expect_sent(std::size_t at, wire::Envelope::KindCase kind, std::size_t body_bytes) {
    ASSERT_LT(at, link_.sent.size());
    EXPECT_EQ(link_.sent[at].head.kind_case(), kind);
    EXPECT_EQ(link_.sent[at].body ? link_.sent[at].body->size() : 0, body_bytes);
  }

  Peers link_;
  MemoryBudget memory_{{}};
  Outbox outbox_{link_, memory_};
};

TEST_F(OutboxTest, WhoTakesNoBatchesGetsEachMessageAtOnce) {
  EXPECT_TRUE(outbox_.send("old", leaving_message()));
  EXPECT_TRUE(outbox_.send("old", result_of(1, kSmall)));
  EXPECT_EQ(link_.sent.size(), 2u);
  expect_sent(0, wire::Envelope::kLeaving, 0);
  expect_sent(1, wire::Envelope::kResult, kSmall);
}

TEST_F(OutboxTest, WhatIsSmallWaitsAndGoesAsOne) {
  outbox_.begin_batches("a");
  EXPECT_TRUE(outbox_.send("a", result_of(1, kSmall)));
  EXPECT_TRUE(outbox_.send("a", result_of(2, kSmall)));
  EXPECT_TRUE(link_.sent.empty());
  EXPECT_TRUE(outbox_.flush().empty());
  expect_sent(0, wire::Envelope::kBatch, 2 * kSmall);
  EXPECT_TRUE(outbox_.flush().empty());
  EXPECT_EQ(link_.sent.size(), 1u) << "nothing waits any more";
}

TEST_F(OutboxTest, WhatIsLargeGoesAloneUncopiedAndBehindWhatWaited) {
  outbox_.begin_batches("a");
  const KeptResult large = result_of(2, kLarge);
  EXPECT_TRUE(outbox_.send("a", result_of(1, kSmall)));
  EXPECT_TRUE(outbox_.send("a", large));
  EXPECT_TRUE(outbox_.send("a", leaving_message()));
  ASSERT_EQ(link_.sent.size(), 2u);
  expect_sent(0, wire::Envelope::kResult, kSmall);
  expect_sent(1, wire::Envelope::kResult, kLarge);
  EXPECT_EQ(link_.sent[1].body->data<std::byte>(), large.body.bytes.data());
  EXPECT_TRUE(outbox_.flush("a"));
  expect_sent(2, wire::Envelope::kLeaving, 0);
}

TEST_F(OutboxTest, AFullBatchMakesRoomForTheNext) {
  outbox_.begin_batches("a");
  const int messages = kBatchMax + 1;
  for (int n = 0; n < messages; ++n) EXPECT_TRUE(outbox_.send("a", leaving_message()));
  EXPECT_EQ(link_.sent.size(), 1u);
  EXPECT_TRUE(outbox_.flush().empty());
  expect_sent(0, wire::Envelope::kBatch, 0);
  expect_sent(1, wire::Envelope::kLeaving, 0);
}

TEST_F(OutboxTest, WhoIsGoneIsTold) {
  for (const char* peer : {"a", "gone", "b"}) {
    outbox_.begin_batches(peer);
    EXPECT_TRUE(outbox_.send(peer, leaving_message()));
  }
  link_.gone = {"gone", "older"};
  EXPECT_FALSE(outbox_.send("older", leaving_message()));
  EXPECT_EQ(outbox_.flush(), std::vector<std::string>{"gone"});
  EXPECT_EQ(link_.sent.size(), 2u) << "the others get theirs";
  EXPECT_TRUE(outbox_.send("gone", leaving_message()));
  EXPECT_FALSE(outbox_.send("gone", result_of(1, kLarge)));
  EXPECT_TRUE(outbox_.send("gone", leaving_message()));
  outbox_.forget("gone");
  EXPECT_TRUE(outbox_.flush().empty()) << "what waited is forgotten, too";
}

TEST_F(OutboxTest, EachMessageTakesMemoryUntilItIsLetGo) {
  outbox_.begin_batches("a");
  EXPECT_TRUE(outbox_.send("b", leaving_message()));
  EXPECT_TRUE(outbox_.send("c", result_of(1, kLarge)));
  EXPECT_TRUE(outbox_.send("a", result_of(1, kSmall)));
  EXPECT_TRUE(outbox_.send("a", result_of(2, kSmall)));
  EXPECT_FALSE(memory_.owes("a"));
  EXPECT_TRUE(outbox_.flush().empty());
  EXPECT_TRUE(memory_.owes("a"));
  EXPECT_TRUE(memory_.owes("b"));
  EXPECT_TRUE(memory_.owes("c"));
  EXPECT_GE(memory_.bytes(), 2 * kSmall) << "the batch is a copy";
  link_.sent.clear();
  EXPECT_FALSE(memory_.owes("a"));
  EXPECT_FALSE(memory_.owes("b"));
  EXPECT_FALSE(memory_.owes("c"));
  EXPECT_EQ(memory_.bytes(), 0u);
}

}  // namespace
}  // namespace mandel
