// The tutorial's own words, and JSON that stays JSON whatever workers are called.
#include "master/stats/summary.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

Outcome outcome() {
  Outcome outcome;
  outcome.sum = 1148485;
  outcome.chunks_done = 256;
  outcome.wall_ns = 12'345'678;
  WorkerTotals& totals = outcome.workers.emplace_back();
  totals.label = "desk1:5755";
  totals.host = "desk\xff";
  totals.kernel = "scalar";
  totals.lanes = 2;
  totals.chunks = 64;
  totals.pixels = 2'000'000;
  totals.computed_ns = kSecond;
  totals.bytes_in = 1'003'664;
  totals.bytes_out = 999;
  outcome.workers.emplace_back().label = "desk2:5755";
  outcome.workers.back().problem = "no answer";
  return outcome;
}

TEST(Summary, UsesTheTutorialsWords) {
  EXPECT_EQ(result_text({500, 500, 1000}, outcome()),
            "Total elements: 250000\nMain took 0.012 s\n"
            "Total sum of elements (for validation): 1148485\n");
}

TEST(Summary, TheTableShowsWorkAndWhoDidNone) {
  const std::string table = worker_table(outcome());
  for (const char* part :
       {"25.00", "1.00 MB", "999 B", "2.00", "desk1:5755", "scalar", "desk2:5755 (not used)"})
    EXPECT_NE(table.find(part), std::string::npos) << part << " in\n" << table;
}

TEST(Summary, TellsOfTrueCountByWhichRungPixelsWereProved) {
  Outcome deep = outcome();
  deep.semantics = "true-count";
  deep.rungs = {90, 8, 2};
  deep.workers[0].splits = {{.computing_ns = 30, .preparing_ns = kSecond}};
  EXPECT_NE(events_text(deep).find("90 by the first rung, 8 by the second, 2 by the third"),
            std::string::npos);
  EXPECT_NE(time_table(deep).find("preparing"), std::string::npos);
  const std::string json = json_text({500, 400, 1000}, 256, deep, "abc");
  for (const char* part : {"\"counts\": \"true-count\"", "\"first_rung\": 90", "\"third_rung\": 2",
                           "\"preparing_seconds\": 1.0"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in\n" << json;
}

TEST(Summary, KeepsQuietAboutRungsOfOtherCounts) {
  Outcome exact = outcome();
  exact.semantics = "exact-f64";
  exact.workers[0].splits = {{.computing_ns = 30}};
  EXPECT_EQ(events_text(exact).find("rung"), std::string::npos);
  EXPECT_EQ(time_table(exact).find("preparing"), std::string::npos);
  EXPECT_EQ(json_text({500, 400, 1000}, 256, exact, "abc").find("decided"), std::string::npos);
}

TEST(Summary, DoubtsAPictureWithoutCounts) {
  EXPECT_EQ(doubt_text({500, 400, 1000}, outcome()), "");
  Outcome black = outcome();
  black.sum = 0;
  EXPECT_NE(doubt_text({500, 400, 1000}, black).find("within 1000 iterations"), std::string::npos);
}

TEST(Summary, JsonSurvivesNamesThatAreNoText) {
  const std::string json = json_text({500, 400, 1000}, 256, outcome(), "abc");
  for (const char* part : {"\"sum\": 1148485", "\"counts_sha256\": \"abc\"", "\"columns\": 500",
                           "\"rows\": 400", "\"chunks\": 256", "\"share\": 0.25"})
    EXPECT_NE(json.find(part), std::string::npos) << part << " in\n" << json;
}

}  // namespace
}  // namespace mandel
