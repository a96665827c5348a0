// A trace must open in Perfetto: valid JSON, and no two slices of a lane overlap.
#include "master/stats/trace.h"

#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

using Json = nlohmann::json;

// Sent at `at`; there 10 µs later, computed by one lane for 100 µs, encoded for 20, back 30 later.
ChunkTimes chunk_at(Nanoseconds at, std::uint32_t chunk, std::uint32_t lane) {
  ChunkTimes times;
  times.chunk = chunk;
  times.first_row = 8 * chunk;
  times.rows = 8;
  times.sent = at;
  times.waited_ns = 5'000;
  times.residence_ns = 125'000;
  times.received = at + 165'000;
  times.decoded = times.received + 7'000;
  times.verified = times.decoded + 2'500;
  times.bytes = 4096;
  times.iterations = 123'456;
  times.spans = {{lane, at + 15'000, 100'000, 20'000}};
  return times;
}

class Trace : public testing::Test {
 protected:
  // All events, once these results have been written.
  Json events_of(const std::vector<ChunkTimes>& results,
                 const std::vector<std::string>& workers = {"desk1", "desk2"}) {
    const std::string path = folder_.path("trace.json");
    TraceWriter writer(*OutputFile::create(path));
    for (const std::string& worker : workers) writer.add_worker(worker);
    for (const ChunkTimes& times : results) writer.add(times);
    EXPECT_TRUE(writer.finish());
    std::ifstream file(path);
    return Json::parse(file);
  }

  TempFolder folder_;
};

std::vector<Json> named(const Json& events, const std::string& name) {
  std::vector<Json> found;
  std::ranges::copy_if(events, std::back_inserter(found),
                       [&](const Json& event) { return event["name"] == name; });
  return found;
}

// Does none of the rows have two slices at once?
bool is_disjoint(const Json& events) {
  std::map<std::pair<int, int>, std::vector<std::pair<double, double>>> rows;
  for (const Json& event : events)
    if (event["ph"] == "X")
      rows[{event["pid"], event["tid"]}].emplace_back(
          event["ts"], event["ts"].get<double>() + event["dur"].get<double>());
  for (auto& [row, slices] : rows) {
    std::ranges::sort(slices);
    for (std::size_t k = 1; k < slices.size(); ++k)
      if (slices[k].first < slices[k - 1].second - 1e-6) return false;
  }
  return true;
}

TEST_F(Trace, AChunkIsShownInTheLaneOnTheWireAndAtTheMaster) {
  const Json events = events_of({chunk_at(1'000'000, 3, 1)});
  const Json computing = named(events, "computing").at(0);
  EXPECT_EQ(computing["ts"], 1015.0);
  EXPECT_EQ(computing["dur"], 100.0);
  EXPECT_EQ(computing["args"]["chunk"], 3);
  EXPECT_EQ(computing["args"]["first_row"], 24);
  EXPECT_EQ(computing["args"]["rows"], 8);
  EXPECT_EQ(computing["args"]["iterations"], 123'456);
  EXPECT_EQ(computing["args"]["bytes"], 4096);
  const Json encoding = named(events, "encoding").at(0);
  EXPECT_EQ(encoding["ts"], 1115.0);
  EXPECT_EQ(encoding["dur"], 20.0);
  EXPECT_EQ(encoding["tid"], computing["tid"]);
  const auto task = named(events, "task on the wire");
  ASSERT_EQ(task.size(), 2);
  EXPECT_EQ(task[0]["ph"], "b");
  EXPECT_EQ(task[0]["ts"], 1000.0);
  EXPECT_EQ(task[1]["ph"], "e");
  EXPECT_EQ(task[1]["ts"], 1010.0);
  EXPECT_EQ(task[0]["id"], task[1]["id"]);
  const auto result = named(events, "result on the wire");
  ASSERT_EQ(result.size(), 2);
  EXPECT_EQ(result[0]["ts"], 1135.0);
  EXPECT_EQ(result[1]["ts"], 1165.0);
  EXPECT_NE(result[0]["id"], task[0]["id"]);
  const Json decoding = named(events, "decoding").at(0);
  EXPECT_EQ(decoding["dur"], 7.0);
  EXPECT_NE(decoding["pid"], computing["pid"]);
  EXPECT_EQ(named(events, "verifying").at(0)["dur"], 2.5);
}

TEST_F(Trace, EveryRowHasAName) {
  ChunkTimes other = chunk_at(0, 1, 0);
  other.worker = 1;
  const Json events =
      events_of({chunk_at(0, 0, 0), chunk_at(0, 2, 1), other}, {"desk\"1\"\n", "desk2"});
  std::map<int, std::string> processes;
  for (const Json& event : named(events, "process_name"))
    processes[event["pid"]] = event["args"]["name"];
  EXPECT_EQ(processes.size(), 3);
  std::map<std::pair<int, int>, std::string> rows;
  for (const Json& event : named(events, "thread_name"))
    rows[{event["pid"], event["tid"]}] = event["args"]["name"];
  EXPECT_EQ(rows.size(), 4);
  for (const Json& event : events) {
    if (event["ph"] != "X") continue;
    EXPECT_TRUE(processes.contains(event["pid"]));
    EXPECT_TRUE(rows.contains({event["pid"], event["tid"]})) << event;
  }
  const Json lane = named(events, "computing").at(0);
  EXPECT_EQ(processes[lane["pid"]], "worker desk\"1\"\n");
  EXPECT_EQ((rows[{lane["pid"], lane["tid"]}]), "lane 0");
}

// A lane's part of a shared chunk is told when the last lane is done with it: after what it did
// next.
TEST_F(Trace, ALanesSlicesDontOverlapInWhateverOrderTheyCome) {
  const Json events = events_of({chunk_at(120'000, 1, 0), chunk_at(0, 0, 0)});
  EXPECT_TRUE(is_disjoint(events));
  for (const Json& computing : named(events, "computing")) EXPECT_EQ(computing["dur"], 100.0);
}

TEST_F(Trace, ALanesSlicesDontOverlapWhenItsClockSeemsToJump) {
  std::vector<ChunkTimes> results;
  for (std::uint32_t k = 0; k < 200; ++k)
    results.push_back(chunk_at(120'000 * k + (k % 7) * 9'000, k, 0));
  const Json events = events_of(results);
  EXPECT_TRUE(is_disjoint(events));
  EXPECT_EQ(named(events, "computing").size(), 200);
  EXPECT_EQ(named(events, "encoding").size(), 200);
}

TEST_F(Trace, AResultThatWasSentAgainHasNoLaneAndIsMarked) {
  ChunkTimes times = chunk_at(0, 0, 0);
  times.spans.clear();
  times.residence_ns = times.waited_ns = 0;
  times.decoded = times.verified = times.received;
  times.is_accepted = false;
  const Json events = events_of({times});
  EXPECT_TRUE(named(events, "computing").empty());
  EXPECT_TRUE(named(events, "decoding").empty());
  EXPECT_EQ(named(events, "task on the wire").size(), 2);
  EXPECT_EQ(named(events, "task on the wire").at(0)["args"]["accepted"], false);
}

TEST_F(Trace, OfNothingIsValidToo) { EXPECT_TRUE(events_of({}).is_array()); }

TEST_F(Trace, ADiskThatIsFullIsSaidAtTheEnd) {
  TraceWriter writer(*OutputFile::create("/dev/full"));
  writer.add_worker("desk1");
  for (std::uint32_t k = 0; k < 1000; ++k) writer.add(chunk_at(120'000 * k, k, 0));
  const auto finished = writer.finish();
  ASSERT_FALSE(finished);
  EXPECT_NE(finished.error().what.find("/dev/full"), std::string::npos);
}

}  // namespace
}  // namespace mandel
