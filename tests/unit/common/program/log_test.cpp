// A line of the JSON log stays one object, whatever a message holds.
#include "common/program/log.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/details/log_msg.h>

namespace mandel {
namespace {

std::string line_of(const std::string& message, spdlog::log_clock::time_point time = {}) {
  JsonFormatter formatter;
  spdlog::memory_buf_t line;
  formatter.format({time, {}, "mandel", spdlog::level::warn, message}, line);
  return {line.data(), line.size()};
}

TEST(JsonLog, ALineIsOneObject) {
  const auto time = spdlog::log_clock::time_point(std::chrono::milliseconds(951'782'400'042));
  EXPECT_EQ(line_of("lost desk1", time),
            R"({"ts":"2000-02-29T00:00:00.042000Z","level":"warning","message":"lost desk1"})"
            "\n");
}

TEST(JsonLog, WhateverAMessageHolds) {
  const std::string odd = "a \"quoted\" \\ name\r\nwith lines\tand \x01";
  const std::string line = line_of(odd);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  EXPECT_EQ(nlohmann::json::parse(line)["message"], odd);
}

TEST(JsonLog, WhatIsNoUtf8IsReplaced) {
  EXPECT_EQ(nlohmann::json::parse(line_of("desk\xff"))["message"], "desk\xef\xbf\xbd");
}

}  // namespace
}  // namespace mandel
