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

const DiscoveryAnswer kAnswer = {.nonce = 0x0123456789abcdef,
                                 .incarnation = 42,
                                 .protocol_min = 2,
                                 .protocol_max = 3,
                                 .port = 5755,
                                 .key = std::string(kDiscoveryKeyBytes, 'k'),
                                 .host = "desk1"};

TEST(Discovery, AQuestionCarriesItsNonce) {
  EXPECT_EQ(read_discovery_question(discovery_question(77)), 77u);
}

TEST(Discovery, AnAnswerComesOutAsItWentIn) {
  EXPECT_EQ(read_discovery_answer(bytes_of(encode(kAnswer))), kAnswer);
  DiscoveryAnswer plain = kAnswer;
  plain.key.clear();
  plain.host.clear();
  EXPECT_EQ(read_discovery_answer(bytes_of(encode(plain))), plain);
}

TEST(Discovery, NoAnswerIsLongerThanTheQuestion) {
  DiscoveryAnswer longest = kAnswer;
  longest.host = std::string(1000, 'h');
  EXPECT_LE(encode(longest).size(), kDiscoveryBytes);
  EXPECT_EQ(read_discovery_answer(bytes_of(encode(longest)))->host,
            std::string(kDiscoveryHostMax, 'h'));
}

TEST(Discovery, AQuestionIsNoAnswerAndAnAnswerNoQuestion) {
  EXPECT_FALSE(read_discovery_answer(discovery_question(1)));
  std::string padded = encode(kAnswer);
  padded.resize(kDiscoveryBytes);
  EXPECT_FALSE(read_discovery_question(bytes_of(padded)));
}

TEST(Discovery, AShortQuestionIsNotAnswered) {
  const auto question = discovery_question(1);
  EXPECT_FALSE(read_discovery_question(std::span(question).first(kDiscoveryBytes - 1)));
}

TEST(Discovery, WhatMakesNoSenseIsRefused) {
  const auto refused = [](auto change) {
    DiscoveryAnswer answer = kAnswer;
    change(answer);
    return !read_discovery_answer(bytes_of(encode(answer)));
  };
  EXPECT_TRUE(refused([](DiscoveryAnswer& answer) { answer.port = 0; }));
  EXPECT_TRUE(refused([](DiscoveryAnswer& answer) { answer.protocol_max = 1; }));
  EXPECT_TRUE(refused([](DiscoveryAnswer& answer) { answer.key = "short"; }));
  EXPECT_TRUE(refused([](DiscoveryAnswer& answer) { answer.key[0] = '\n'; }));
  std::string longer = encode(kAnswer) + "x";
  EXPECT_FALSE(read_discovery_answer(bytes_of(longer)));
}

TEST(Discovery, NamesOfOthersAreMadePrintable) {
  DiscoveryAnswer rude = kAnswer;
  rude.host = "\x1b[2Jdesk";
  EXPECT_EQ(read_discovery_answer(bytes_of(encode(rude)))->host, "?[2Jdesk");
}

// Whatever comes, what is read of it is within bounds; the sanitizers watch the reading.
TEST(Discovery, RandomBytesDoNoHarm) {
  std::mt19937_64 random(7);
  const std::string good = encode(kAnswer);
  int read = 0;
  for (int n = 0; n < 200'000; ++n) {
    std::string bytes = good;
    bytes.resize(random() % (kDiscoveryBytes + 20), static_cast<char>(random()));
    for (int k = 0; k < 3 && bytes.size() > 8; ++k)
      bytes[8 + random() % (bytes.size() - 8)] = static_cast<char>(random());
    const auto answer = read_discovery_answer(bytes_of(bytes));
    if (!answer) continue;
    ++read;
    EXPECT_LE(answer->host.size(), kDiscoveryHostMax);
    EXPECT_NE(answer->port, 0);
  }
  EXPECT_GT(read, 0);
}

}  // namespace
}  // namespace mandel
