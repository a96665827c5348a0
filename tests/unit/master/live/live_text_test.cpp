// The live page's formats, read as docs/live.md describes them.
#include "master/live/live_text.h"

#include <cstring>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "master/live/page.h"

namespace mandel {
namespace {

class Reader {
 public:
  explicit Reader(const std::string& bytes) : bytes_(bytes) {}
  template <typename Number>
  Number read() {
    Number number;
    std::memcpy(&number, bytes_.data() + at_, sizeof number);  // as on all machines that we test on
    at_ += sizeof number;
    return number;
  }
  bool is_at_end() const { return at_ == bytes_.size(); }
  void skip(std::size_t bytes) { at_ += bytes; }

 private:
  std::string bytes_;
  std::size_t at_ = 0;
};

LiveState small_state() {
  LiveState state;
  state.version = 9;
  state.job = {.title = "3 x 2",
               .columns = 3,
               .rows = 2,
               .max_iter = 100,
               .semantics = "exact-f64",
               .axes = std::make_shared<Axes>(Axes{{-3, 0, 1}, {0, 0.5}}),
               .chunks = 2};
  state.columns_shown = {0, 1, 2};
  state.display_columns = 3;
  state.rows.resize(2);
  state.rows[0] = {
      .state = DisplayRow::State::kDone,
      .attempts = 2,
      .worker = 1,
      .chunk = 7,
      .band = {0, 1},
      .started = kSecond,
      .done = 3 * kSecond,
      .computed_ns = kSecond / 2,
      .wire_ns = kSecond / 4,
      .iterations = 42,
      .version = 5,
      .counts = std::make_shared<std::vector<std::uint32_t>>(std::vector<std::uint32_t>{0, 0, 42})};
  state.rows[1].version = 8;
  return state;
}

TEST(LiveText, RowsAreAsDocumented) {
  const ColourMap fire = *ColourMap::make({.map = "fire"});
  Reader reader(row_bytes(small_state(), 0, fire, 0));
  EXPECT_EQ(reader.read<std::uint32_t>(), 9u);
  ASSERT_EQ(reader.read<std::uint16_t>(), 2u);
  EXPECT_EQ(reader.read<std::uint16_t>(), 0u);
  EXPECT_EQ(reader.read<std::uint8_t>(), 2u);
  EXPECT_EQ(reader.read<std::uint8_t>(), 1u);
  EXPECT_EQ(reader.read<std::uint16_t>(), 1u);
  EXPECT_EQ(reader.read<std::uint16_t>(), 2u);
  EXPECT_EQ(reader.read<std::uint32_t>(), 7u);
  EXPECT_EQ(reader.read<std::uint32_t>(), 0u);
  EXPECT_EQ(reader.read<std::uint32_t>(), 1u);
  EXPECT_EQ(reader.read<float>(), 1);
  EXPECT_EQ(reader.read<float>(), 3);
  EXPECT_EQ(reader.read<float>(), 0.5);
  EXPECT_EQ(reader.read<float>(), 0.25);
  EXPECT_EQ(reader.read<float>(), 42);
  // Beyond 2, of the set, and neither.
  for (const Rgb& colour : {fire.at(0, -3, 0), Rgb{}, fire(42)}) {
    EXPECT_EQ(reader.read<std::uint8_t>(), colour.red);
    EXPECT_EQ(reader.read<std::uint8_t>(), colour.green);
    EXPECT_EQ(reader.read<std::uint8_t>(), colour.blue);
  }
  EXPECT_EQ(reader.read<std::uint16_t>(), 1u);
  EXPECT_EQ(reader.read<std::uint8_t>(), 0u);
  EXPECT_EQ(reader.read<std::uint8_t>(), 0u) << "no pixels";
  EXPECT_EQ(reader.read<std::uint16_t>(), 65535u);
  reader.skip(14);
  EXPECT_EQ(reader.read<float>(), -1);
  reader.skip(16);
  EXPECT_TRUE(reader.is_at_end());
}

// Beyond 2 the set is nowhere, and has the colour of the outside: of the pixel that is shown.
TEST(LiveText, APixelHasTheColourOfItsPlaceInThePicture) {
  LiveState state = small_state();
  state.job.columns = state.job.rows = 4;
  state.job.axes = std::make_shared<Axes>(Axes{{0, 3, 0.5, 3}, {0, 3, 0.5, 3}});
  state.columns_shown = {0, 2};
  state.display_columns = 2;
  for (DisplayRow& row : state.rows)
    row.counts = std::make_shared<std::vector<std::uint32_t>>(2, 0);
  const ColourMap fire = *ColourMap::make({.map = "fire"});
  Reader reader(row_bytes(state, 0, fire, 0));
  reader.skip(6);
  for (int row = 0; row < 2; ++row) {
    reader.skip(40);
    for (int byte = 0; byte < 6; ++byte) EXPECT_EQ(reader.read<std::uint8_t>(), 0) << "inside";
  }
  EXPECT_NE(fire.at(0, 3, 0), Rgb{}) << "which the outside is not";
}

TEST(LiveText, OnlyRowsThatChangedAreSent) {
  const ColourMap fire = *ColourMap::make({.map = "fire"});
  const auto rows_since = [&](std::uint64_t since, std::uint64_t recoloured) {
    Reader reader(row_bytes(small_state(), since, fire, recoloured));
    reader.skip(4);
    return reader.read<std::uint16_t>();
  };
  EXPECT_EQ(rows_since(4, 0), 2);
  EXPECT_EQ(rows_since(5, 0), 1);
  EXPECT_EQ(rows_since(8, 0), 0);
  EXPECT_EQ(rows_since(8, 9), 1) << "new colours, for the row that has pixels";
}

TEST(LiveText, LanesAreAsDocumented) {
  LaneGrid grid(kSecond);
  grid.add_row();
  grid.add(0, 0, 0, 2 * kSecond, 1);
  grid.show(1);
  grid.add(0, 3, kSecond, 2 * kSecond, 1);
  Reader reader(lane_bytes(grid.show(4), 4, 1));
  EXPECT_EQ(reader.read<std::uint32_t>(), 4u);
  EXPECT_EQ(reader.read<float>(), 1);
  EXPECT_EQ(reader.read<std::uint32_t>(), 0u);
  EXPECT_EQ(reader.read<std::uint16_t>(), 1u);
  EXPECT_EQ(reader.read<std::uint16_t>(), kTimeParts.size());
  ASSERT_EQ(reader.read<std::uint32_t>(), 1u);
  EXPECT_EQ(reader.read<std::uint32_t>(), 1u) << "the second column";
  EXPECT_EQ(reader.read<std::uint8_t>(), 255u);
  reader.skip(2);
  EXPECT_EQ(reader.read<std::uint8_t>(), 255u);
  reader.skip(kTimeParts.size() - 4);
  EXPECT_TRUE(reader.is_at_end());
}

TEST(LiveText, LanesWhosePastIsGoneBeginWhereItEnds) {
  LaneGrid grid(kSecond, 5 * kSecond);
  grid.add_row();
  grid.add(0, 0, 0, 20 * kSecond, 1);
  Reader reader(lane_bytes(grid.show(1), 1, 0));
  reader.skip(8);
  EXPECT_EQ(reader.read<std::uint32_t>(), 14u);
  reader.skip(4);
  EXPECT_EQ(reader.read<std::uint32_t>(), 6u);
  EXPECT_EQ(reader.read<std::uint32_t>(), 14u) << "columns count from the job's beginning";
}

TEST(LiveText, HappeningsAreThoseThatAreNewOrChanged) {
  Happenings happenings;
  const std::uint32_t first = happenings.add(kSecond, "lost", 3, "Lost d.");
  happenings.add(2 * kSecond, "joined", kNobody, "e joined.");
  LiveState state = small_state();
  state.happenings = happenings.show(4);
  const auto told = nlohmann::json::parse(happenings_json(state, 0));
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0], nlohmann::json::parse(
                         R"({"n":1,"seconds":1.0,"kind":"lost","worker":3,"text":"Lost d."})"));
  EXPECT_EQ(told[1]["worker"], nullptr);
  happenings.amend(first, "Lost d. Its chunk 1 goes on at e.");
  state.happenings = happenings.show(5);
  const auto more = nlohmann::json::parse(happenings_json(state, 4));
  ASSERT_EQ(more.size(), 1u);
  EXPECT_EQ(more[0]["n"], 1);
  EXPECT_EQ(more[0]["text"], "Lost d. Its chunk 1 goes on at e.");
}

// As large as it gets.
LiveState large_state() {
  LiveState state = small_state();
  state.job.chunks = 1u << 20;
  for (WorkerId id = 0; id < LiveState::kWorkersMax; ++id) {
    const std::string name = fmt::format("node-{:03}.{}", id, std::string(246, 'x'));
    state.workers.push_back({.id = id,
                             .label = name + ":5755",
                             .host = name,
                             .kernel = "simd-full",
                             .lanes = 128,
                             .chunks = 123'456,
                             .speed = 1'234'567.891,
                             .round_trip_s = 0.000'123'456,
                             .in_rate = 98'765'432.1,
                             .out_rate = 1234.567,
                             .state = "late",
                             .words = "late: chunk 1048575 at 1234.5 × its time, and so on",
                             .advice = "When another has nothing to do, it gets that chunk, too."});
    state.lane_rows.emplace_back(id, std::nullopt);
  }
  return state;
}

TEST(LiveText, OfTheLargestFarmIsSmall) {
  const std::string text = state_json(large_state(), "0123456789abcdef");
  EXPECT_LE(text.size(), 64u << 10);
  const auto workers = nlohmann::json::parse(text)["workers"];
  for (const auto& list : workers) EXPECT_EQ(list.size(), LiveState::kWorkersMax);
  EXPECT_EQ(workers["letter"][26], "AA");
  EXPECT_EQ(workers["letter"][255], "IV");
}

// Of few machines whole names. Of many those of machines in one cluster still differ.
TEST(LiveText, HasNamesAsLongAsThereIsRoom) {
  LiveState state = large_state();
  const auto names = [&](const char* figure) {
    return nlohmann::json::parse(state_json(state, "0"))["workers"][figure]
        .get<std::vector<std::string>>();
  };
  EXPECT_EQ(names("host")[7], "node-007.xxxxxxxxxxxxxxx…" + std::string(23, 'x'));
  state.workers.resize(48);
  for (LiveWorker& worker : state.workers) worker.label = worker.host;
  for (const char* figure : {"label", "host"})
    EXPECT_EQ(names(figure)[7], state.workers[7].host) << figure;
}

TEST(LiveText, OfForeignNamesHasABoundAndIsJson) {
  LiveState state = large_state();
  for (LiveWorker& worker : state.workers)
    worker.label = worker.host = worker.kernel = worker.words = std::string(5000, '\xff');
  const std::string text = state_json(state, "0123456789abcdef");
  EXPECT_LE(text.size(), 256u << 10);
  EXPECT_EQ(nlohmann::json::parse(text)["workers"]["host"].size(), LiveState::kWorkersMax);
}

TEST(LivePage, TakesWhatOthersAreCalledForText) {
  LiveState state = small_state();
  const std::string name = "<img onerror=alert(1)></script><!--SAVED-->";
  state.workers.push_back({.label = name, .host = name, .kernel = name, .words = name});
  Happenings happenings;
  happenings.add(0, "joined", 0, name);
  state.happenings = happenings.show(1);
  for (const std::string& page :
       {served_page(state), saved_page(state, "0", *ColourMap::make({.map = "fire"}))}) {
    EXPECT_EQ(page.find("<img onerror"), std::string::npos);
    EXPECT_EQ(page.find("alert(1)></script>"), std::string::npos);
    EXPECT_NE(page.find("&lt;img onerror=alert(1)&gt;"), std::string::npos);
  }
}

TEST(LivePage, WithoutAScriptSaysTheNewestFirst) {
  Happenings happenings;
  happenings.add(kSecond, "joined", 0, "first");
  happenings.add(2 * kSecond, "joined", 0, "second");
  LiveState state = small_state();
  state.happenings = happenings.show(1);
  const std::string page = served_page(state);
  EXPECT_LT(page.find("2.0 s: second"), page.find("1.0 s: first"));
  EXPECT_NE(page.find("1.0 s: first"), std::string::npos);
}

TEST(LivePage, SavedNeedsNoOtherFile) {
  const std::string page = saved_page(small_state(), "0", *ColourMap::make({.map = "fire"}));
  EXPECT_EQ(page.find("src=\"/"), std::string::npos);
  EXPECT_EQ(page.find("rel=\"stylesheet\""), std::string::npos);
  const std::string before = R"(id="saved">)";
  const auto begin = page.find(before) + before.size();
  const auto saved =
      nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
  EXPECT_EQ(saved["state"]["columns"], 3);
  // 4 + 2 + 2 * 40 + 9 bytes.
  EXPECT_EQ(saved["rows"].get<std::string>().size(), (95 + 2) / 3 * 4);
}

}  // namespace
}  // namespace mandel
