// Logs that programs read: with --log-format json every line on standard error is one.
#include <csignal>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sstream>

#include "process.h"

namespace mandel::e2e {
namespace {

// Every line, or a failure that shows those that are none.
std::vector<nlohmann::json> parsed(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) {
    lines.push_back(nlohmann::json::parse(line, nullptr, false));
    EXPECT_TRUE(lines.back().is_object() && lines.back().contains("ts") &&
                lines.back().contains("level") && lines.back().contains("message"))
        << line;
  }
  return lines;
}

bool has(const std::vector<nlohmann::json>& lines, const std::string& level,
         const std::string& part) {
  return std::ranges::any_of(lines, [&](const nlohmann::json& line) {
    return line["level"] == level &&
           line["message"].get<std::string>().find(part) != std::string::npos;
  });
}

TEST(JsonLog, OfAJobAndItsWorker) {
  Worker worker({"--threads", "1", "--log-format", "json", "--verbose"});
  const MasterRun run = run_master({"--hosts", worker.address(), "--tutorial-size", "100",
                                    "--chunks", "4000", "--log-format", "json", "--verbose"});
  EXPECT_EQ(run.status, 0) << run.err;
  const auto master = parsed(run.err);
  EXPECT_TRUE(has(master, "warning", "only 50 rows")) << run.err;
  EXPECT_TRUE(has(master, "debug", "is ready")) << run.err;
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0);
  EXPECT_TRUE(has(parsed(worker.process().err()), "info", "left")) << worker.process().err();
}

// A warning that always comes is one that nobody reads.
TEST(JsonLog, OfAJobWithoutTroubleHasNoWarning) {
  Worker worker({"--threads", "1", "--log-format", "json"});
  const MasterRun run = run_master({"--hosts", worker.address(), "--tutorial-size", "100",
                                    "--chunks", "10", "--log-format", "json"});
  EXPECT_EQ(run.status, 0) << run.err;
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0);
  for (const std::string& text : {run.err, worker.process().err()})
    for (const nlohmann::json& line : parsed(text)) EXPECT_EQ(line["level"], "info") << text;
}

TEST(JsonLog, OfAJobThatFails) {
  const MasterRun run =
      run_master({"--hosts", "127.0.0.1:1", "--patience", "0.2", "--log-format", "json"});
  EXPECT_EQ(run.status, 4);
  const auto lines = parsed(run.err);
  EXPECT_TRUE(has(lines, "warning", "connection refused")) << run.err;
  EXPECT_TRUE(has(lines, "error", "no worker could be used")) << run.err;
}

// Where a bar would be drawn for people, there are lines.
TEST(JsonLog, OnATerminalTooWithoutABar) {
  const std::string command = fmt::format(
      "TERM=xterm {} --threads 1 --kernel scalar --size 1000x1000 --view=-0.2,0.2,-0.2,0.2 "
      "--max-iter 300 "
      "--chunks 10 --log-format {} >/dev/null",
      MANDEL_MASTER, "{}");
  const auto shown = [&](const std::string& format) {
    Process terminal({"/usr/bin/script", "--quiet", "--return", "--command",
                      fmt::format(fmt::runtime(command), format), "/dev/null"});
    EXPECT_EQ(terminal.wait(), 0) << terminal.out();
    return terminal.out();
  };
  EXPECT_NE(shown("human").find("Mpixel/s"), std::string::npos)
      << "this job is too short for a bar";
  parsed(shown("json"));  // the terminal ends lines with \r\n, which is white space to JSON
}

}  // namespace
}  // namespace mandel::e2e
