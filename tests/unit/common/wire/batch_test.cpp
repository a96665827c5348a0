// What goes into a batch comes out as it went in, and what a peer may put into one is bounded.
#include "common/wire/batch.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

wire::Envelope task(std::uint32_t chunk) {
  wire::Envelope envelope;
  envelope.mutable_task()->set_chunk(chunk);
  return envelope;
}

wire::Envelope result(std::uint32_t chunk) {
  wire::Envelope envelope;
  envelope.mutable_result()->set_chunk(chunk);
  return envelope;
}

bool add(Batch& batch, wire::Envelope head, const std::vector<std::byte>& body = {}) {
  return batch.add(head, body);
}

std::vector<std::byte> bytes(std::size_t n, int value) {
  return std::vector<std::byte>(n, static_cast<std::byte>(value));
}

FromPeer<wire::Envelope> decoded(const wire::Envelope& envelope, bool has_body) {
  const std::string text = encode(envelope);
  return decode(std::as_bytes(std::span(text)), has_body);
}

TEST(Batch, OfOneMessageIsThatMessage) {
  Batch batch;
  EXPECT_TRUE(batch.is_empty());
  ASSERT_TRUE(add(batch, result(3), bytes(8, 1)));
  EXPECT_FALSE(batch.is_empty());
  const auto [head, body] = batch.take();
  EXPECT_EQ(head.result().chunk(), 3u);
  EXPECT_EQ(body, bytes(8, 1));
  EXPECT_TRUE(batch.is_empty());
}

TEST(Batch, OfManyKeepsOrderAndBodies) {
  Batch batch;
  ASSERT_TRUE(add(batch, task(0)));
  ASSERT_TRUE(add(batch, result(1), bytes(8, 1)));
  ASSERT_TRUE(add(batch, task(2)));
  ASSERT_TRUE(add(batch, result(3), bytes(4, 3)));
  auto [head, body] = batch.take();
  auto envelope = decoded(head, true);
  ASSERT_TRUE(envelope) << envelope.error().what;
  const auto messages = unpack(std::move(*envelope->mutable_batch()), body.size());
  ASSERT_TRUE(messages) << messages.error().what;
  ASSERT_EQ(messages->size(), 4u);
  EXPECT_EQ((*messages)[0].head.task().chunk(), 0u);
  EXPECT_EQ((*messages)[1].head.result().chunk(), 1u);
  EXPECT_EQ((*messages)[2].head.task().chunk(), 2u);
  EXPECT_EQ((*messages)[3].head.result().chunk(), 3u);
  const auto body_of = [&](std::size_t k) {
    const auto first = body.begin() + static_cast<std::ptrdiff_t>((*messages)[k].offset);
    return std::vector(first, first + static_cast<std::ptrdiff_t>((*messages)[k].bytes));
  };
  EXPECT_EQ(body_of(0), bytes(0, 0));
  EXPECT_EQ(body_of(1), bytes(8, 1));
  EXPECT_EQ(body_of(3), bytes(4, 3));
}

TEST(Batch, OnceTakenBeginsAnew) {
  Batch batch;
  ASSERT_TRUE(add(batch, result(1), bytes(8, 1)));
  ASSERT_TRUE(add(batch, result(2), bytes(8, 2)));
  (void)batch.take();
  ASSERT_TRUE(add(batch, result(3), bytes(4, 3)));
  const auto [head, body] = batch.take();
  EXPECT_EQ(head.result().chunk(), 3u);
  EXPECT_EQ(body, bytes(4, 3));
}

TEST(Batch, LeavesLargeBodiesAlone) {
  Batch batch;
  wire::Envelope large = result(1);
  EXPECT_FALSE(batch.add(large, bytes(1 << 20, 0)));
  EXPECT_EQ(large.result().chunk(), 1u) << "it is still the caller's";
  EXPECT_TRUE(batch.is_empty());
}

TEST(Batch, TakesNoMessageThatAPeerWouldNotTakeFromIt) {
  Batch batch;
  wire::Envelope opening;
  opening.mutable_open_job();
  EXPECT_FALSE(batch.add(opening));
  EXPECT_TRUE(opening.has_open_job()) << "it is still the caller's";
  EXPECT_TRUE(batch.is_empty());
}

TEST(Batch, IsAlwaysShortEnoughForAPeer) {
  Batch of_bodies;
  std::size_t sum = 0;
  while (add(of_bodies, result(1), bytes(10'000, 1))) sum += 10'000;
  EXPECT_GT(sum, 10'000u);
  EXPECT_LE(sum, kHeadBytesMax);
  Batch of_heads;
  wire::Envelope failure;
  failure.mutable_failure()->set_reason(std::string(500, 'x'));
  int messages = 0;
  while (add(of_heads, failure)) ++messages;
  EXPECT_GT(messages, 10);
  EXPECT_LE(encode(of_heads.take().head).size(), kHeadBytesMax);
  Batch of_tasks;
  while (add(of_tasks, task(1))) {
  }
  EXPECT_TRUE(decoded(of_tasks.take().head, false));
}

TEST(Batch, FromAPeerIsBounded) {
  wire::Envelope envelope;
  wire::Batch& batch = *envelope.mutable_batch();
  EXPECT_FALSE(decoded(envelope, false)) << "of nothing";
  for (int k = 0; k < kBatchMax; ++k) batch.add_messages()->mutable_leaving();
  EXPECT_TRUE(decoded(envelope, false));
  EXPECT_FALSE(decoded(envelope, true)) << "a body that nothing belongs to";
  batch.add_messages()->mutable_leaving();
  EXPECT_FALSE(decoded(envelope, false)) << "too many";
}

TEST(Batch, FromAPeerHoldsNoBatchesAndNoGreetings) {
  for (const auto fill :
       {+[](wire::Envelope&) {}, +[](wire::Envelope& one) { one.mutable_batch(); },
        +[](wire::Envelope& one) { one.mutable_hello(); },
        +[](wire::Envelope& one) { one.mutable_join(); },
        +[](wire::Envelope& one) { one.mutable_welcome(); },
        +[](wire::Envelope& one) { one.mutable_open_job(); }}) {
    wire::Envelope envelope;
    fill(*envelope.mutable_batch()->add_messages());
    EXPECT_FALSE(decoded(envelope, false)) << envelope.ByteSizeLong();
  }
}

TEST(Batch, FromAPeerSaysHowLongEachBodyIs) {
  wire::Envelope envelope;
  wire::Batch& batch = *envelope.mutable_batch();
  batch.add_messages()->mutable_result();
  EXPECT_FALSE(decoded(envelope, true)) << "it says nothing";
  batch.add_body_bytes(8);
  EXPECT_TRUE(decoded(envelope, true));
  EXPECT_FALSE(decoded(envelope, false));
  EXPECT_TRUE(unpack(batch, 8));
  EXPECT_FALSE(unpack(batch, 7));
  EXPECT_FALSE(unpack(batch, 9));
  batch.add_messages()->mutable_result();
  batch.add_body_bytes(UINT32_MAX);
  EXPECT_FALSE(unpack(batch, 7)) << "a length that would wrap around";
}

}  // namespace
}  // namespace mandel
