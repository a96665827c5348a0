// Chunks and results as lines: each comes back from its text, and what can't be is refused.
#include "master/lines/chunk_line.h"

#include <gtest/gtest.h>
#include <regex>
#include <vector>

#include "common/base/fingerprint.h"
#include "common/base/hash_text.h"

namespace mandel {
namespace {

const ChunkLine kTutorialChunk{{TutorialGrid{1000}, 1000}, 64, 1, {8, 8}};
const ResultLine kTutorialResult{.chunk = kTutorialChunk,
                                 .print = {7, 0x0123456789abcdef, 0xfedcba9876543210},
                                 .computed_ms = 0.125,
                                 .host = "desk1",
                                 .kernel = "scalar",
                                 .counts = CountsText{true, std::string("\0\xff\x80", 3)}};

std::string changed(const std::string& text, const std::string& pattern, const std::string& to) {
  return std::regex_replace(text, std::regex(pattern), to);
}

std::string error_of_result(const std::string& line) {
  const auto result = parse_result(line);
  return result ? "accepted" : result.error().what;
}

TEST(ChunkLineText, IsOneLineThatComesBack) {
  std::vector<Job> jobs = {{TutorialGrid{1001}, 50},
                           {View{-0.7453, 0.1127, 6.5e-4 / 1200, 6.5e-4 / 1201, 1200, 900}, 0}};
#ifdef MANDEL_HAVE_DEEP
  jobs.push_back({DeepView{"-0.7435" + std::string(300, '7'), "0", "1e-290", "1e-290", 30, 20}, 9});
#endif
  for (const Job& job : jobs) {
    const ChunkLine chunk{job, 20, 3, {3, 1}};
    const std::string line = text_of(chunk);
    EXPECT_EQ(line.find('\n'), line.npos);
    const auto read = parse_chunk(line);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(*read, chunk);
  }
}

TEST(ChunkLineText, IsThis) {
  EXPECT_EQ(text_of(kTutorialChunk),
            R"({"counts":"exact-f64","grid":{"tutorial":1000},"max_iter":1000,"chunks":64,)"
            R"("chunk":1,"first_row":8,"rows":8})");
}

TEST(ResultLineText, IsThisAndComesBack) {
  const std::string line = text_of(kTutorialResult);
  EXPECT_EQ(line,
            R"({"counts":"exact-f64","grid":{"tutorial":1000},"max_iter":1000,"chunks":64,)"
            R"("chunk":1,"first_row":8,"rows":8,"sum":7,"hash":"fedcba98765432100123456789abcdef",)"
            R"("computed_ms":0.125,"host":"desk1","kernel":"scalar","planes_lz4":"AP+A"})");
  EXPECT_EQ(*parse_result(line), kTutorialResult);
  ResultLine bare = kTutorialResult;
  bare.counts.reset();
  EXPECT_EQ(*parse_result(text_of(bare)), bare);
  bare.counts = CountsText{false, "\1"};
  EXPECT_EQ(*parse_result(text_of(bare)), bare);
}

// xxhsum -H2 of the counts says the same.
TEST(ResultLineText, HasTheHashInItsCanonicalForm) {
  const std::vector<std::uint32_t> counts = {1, 2, 3};
  ResultLine result = kTutorialResult;
  result.print = fingerprint(counts);
  EXPECT_NE(text_of(result).find(hash_text(std::as_bytes(std::span(counts)))), std::string::npos);
}

// A result holds its chunk.
TEST(ChunkLineText, MayHaveMoreThanThisVersionKnows) {
  EXPECT_EQ(*parse_chunk(text_of(kTutorialResult)), kTutorialChunk);
}

// Hadoop puts a key before a line and a tab behind it; Windows ends it in its own way.
TEST(ChunkLineText, MayStandBehindAKey) {
  for (const char* before : {"", "17\t", "\t", "a key\t"})
    for (const char* after : {"", "\t", "\r", " "}) {
      const auto read = parse_chunk(before + text_of(kTutorialChunk) + after);
      ASSERT_TRUE(read) << before << "..." << after;
      EXPECT_EQ(*read, kTutorialChunk);
    }
}

TEST(ResultLineText, WhatCanNotBeIsRefused) {
  const std::string line = text_of(kTutorialResult);
  ASSERT_EQ(error_of_result(changed(line, "1000", "1000")), "accepted");
  for (const auto& [pattern, to] :
       std::vector<std::pair<std::string, std::string>>{{"\"rows\":8", "\"rows\":-8"},
                                                        {"\"chunk\":1", "\"chunk\":4294967296"},
                                                        {"\"chunk\":1", "\"chunk\":1.5"},
                                                        {"\"chunks\":64,", ""},
                                                        {"\"sum\":7", "\"sum\":\"7\""},
                                                        {"fedc", "fed"},
                                                        {"fedc", "FEDG"},
                                                        {"fedc", "+edc"},
                                                        {"AP\\+A", "AP+"},
                                                        {"AP\\+A", "AP A"},
                                                        {"\"AP\\+A\"", "7"},
                                                        {"\"desk1\"", "1"},
                                                        {"0.125", "\"0.125\""},
                                                        {"1000\\}", "0}"},
                                                        {"exact-f64", "other"},
                                                        {"^\\{", "[{"},
                                                        {"\\}$", ""}})
    EXPECT_NE(error_of_result(changed(line, pattern, to)), "accepted") << pattern << " -> " << to;
  for (const std::string text : {"", "null", "[]", "{}", "\"\"", "\t", "\xff\xfe", "{\"chunk\":1}"})
    EXPECT_NE(error_of_result(text), "accepted") << text;
}

TEST(ResultLineText, AChunkIsToldFromAResult) {
  EXPECT_NE(error_of_result(text_of(kTutorialChunk)).find("mandel-master map"), std::string::npos);
  const auto nonsense = parse_chunk("hello\x1b[31m world");
  ASSERT_FALSE(nonsense);
  EXPECT_EQ(nonsense.error().what, "is not one of mandel-master split: hello?[31m world");
}

// As values it would take many times the line's size.
TEST(ResultLineText, OfBracketsIsNotTaken) {
  EXPECT_NE(error_of_result(std::string(1'000'000, '[')).find("more in it"), std::string::npos);
  std::string many = "{\"a\":[0";
  for (int k = 0; k < 1000; ++k) many += ",0";
  EXPECT_NE(error_of_result(many + "]}").find("more in it"), std::string::npos);
}

TEST(CheckCut, IsAsAJobCuts) {
  const auto is_cut = [](std::uint32_t chunks, ChunkId chunk, Band band, std::size_t rows) {
    return check_cut({{TutorialGrid{}, 1}, chunks, chunk, band}, 10, rows).has_value();
  };
  EXPECT_TRUE(is_cut(3, 0, {0, 4}, 10));
  EXPECT_TRUE(is_cut(3, 2, {7, 3}, 10));
  EXPECT_FALSE(is_cut(3, 2, {7, 4}, 10));
  EXPECT_FALSE(is_cut(3, 2, {6, 3}, 10));
  EXPECT_FALSE(is_cut(3, 3, {10, 0}, 10));
  EXPECT_FALSE(is_cut(0, 0, {0, 10}, 10));
  EXPECT_FALSE(is_cut(11, 0, {0, 1}, 10));
  const ChunkLine large{{TutorialGrid{}, 1}, 1, 0, {0, 1u << 20}};
  EXPECT_TRUE(check_cut(large, 8, 1u << 20));
  EXPECT_FALSE(check_cut(large, 9, 1u << 20));
}

}  // namespace
}  // namespace mandel
