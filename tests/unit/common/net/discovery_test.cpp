// Anyone can send a datagram: none may crash the reader, or make an answer longer than its
// question.
#include "common/net/discovery.h"

#include <gtest/gtest.h>
#include <random>

namespace mandel {
namespace {

std::span<const std::byte> bytes_of(const std::string& text) {
  return std::as_bytes(std::span(text));
}

const BeaconAnswer kAnswer = {.nonce = 0x0123456789abcdef,
                              .incarnation = 42,
                              .protocol_min = 2,
                              .protocol_max = 3,
                              .port = 5755,
                              .key = std::string(kBeaconKeyBytes, 'k'),
                              .host = "desk1"};

TEST(Beacon, AQuestionCarriesItsNonce) {
  EXPECT_EQ(read_beacon_question(beacon_question(77)), 77u);
}

TEST(Beacon, AnAnswerComesOutAsItWentIn) {
  EXPECT_EQ(read_beacon_answer(bytes_of(encode(kAnswer))), kAnswer);
  BeaconAnswer plain = kAnswer;
  plain.key.clear();
  plain.host.clear();
  EXPECT_EQ(read_beacon_answer(bytes_of(encode(plain))), plain);
}

TEST(Beacon, NoAnswerIsLongerThanTheQuestion) {
  BeaconAnswer longest = kAnswer;
  longest.host = std::string(1000, 'h');
  EXPECT_LE(encode(longest).size(), kBeaconBytes);
  EXPECT_EQ(read_beacon_answer(bytes_of(encode(longest)))->host, std::string(kBeaconHostMax, 'h'));
}

TEST(Beacon, AQuestionIsNoAnswerAndAnAnswerNoQuestion) {
  EXPECT_FALSE(read_beacon_answer(beacon_question(1)));
  std::string padded = encode(kAnswer);
  padded.resize(kBeaconBytes);
  EXPECT_FALSE(read_beacon_question(bytes_of(padded)));
}

TEST(Beacon, AShortQuestionIsNotAnswered) {
  const auto question = beacon_question(1);
  EXPECT_FALSE(read_beacon_question(std::span(question).first(kBeaconBytes - 1)));
}

TEST(Beacon, WhatMakesNoSenseIsRefused) {
  const auto refused = [](auto change) {
    BeaconAnswer answer = kAnswer;
    change(answer);
    return !read_beacon_answer(bytes_of(encode(answer)));
  };
  EXPECT_TRUE(refused([](BeaconAnswer& answer) { answer.port = 0; }));
  EXPECT_TRUE(refused([](BeaconAnswer& answer) { answer.protocol_max = 1; }));
  EXPECT_TRUE(refused([](BeaconAnswer& answer) { answer.key = "short"; }));
  EXPECT_TRUE(refused([](BeaconAnswer& answer) { answer.key[0] = '\n'; }));
  std::string longer = encode(kAnswer) + "x";
  EXPECT_FALSE(read_beacon_answer(bytes_of(longer)));
}

TEST(Beacon, NamesOfOthersAreMadePrintable) {
  BeaconAnswer rude = kAnswer;
  rude.host = "\x1b[2Jdesk";
  EXPECT_EQ(read_beacon_answer(bytes_of(encode(rude)))->host, "?[2Jdesk");
}

// Whatever comes, what is read of it is within bounds; the sanitizers watch the reading.
TEST(Beacon, RandomBytesDoNoHarm) {
  std::mt19937_64 random(7);
  const std::string good = encode(kAnswer);
  int read = 0;
  for (int n = 0; n < 200'000; ++n) {
    std::string bytes = good;
    bytes.resize(random() % (kBeaconBytes + 20), static_cast<char>(random()));
    for (int k = 0; k < 3 && bytes.size() > 8; ++k)
      bytes[8 + random() % (bytes.size() - 8)] = static_cast<char>(random());
    const auto answer = read_beacon_answer(bytes_of(bytes));
    if (!answer) continue;
    ++read;
    EXPECT_LE(answer->host.size(), kBeaconHostMax);
    EXPECT_NE(answer->port, 0);
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace mandel
