// The drawings and the page that holds them.
#include <gtest/gtest.h>

#include "common/base/escape.h"
#include "master/sweep/bands.h"
#include "master/sweep/gantt.h"
#include "master/sweep/html.h"
#include "master/sweep/plots.h"
#include "tests/unit/master/sweep/made_sweep.h"
#include "tests/unit/master/sweep/markup.h"

namespace mandel {
namespace {

const std::vector<SweepWorker> kDesks = {{"desk1:5755", "simd", 2}, {"desk2:5755", "simd", 2}};

FitView some_fit() {
  return {{{"per <chunk>", 1e-4, 1e-6, "s"}},
          {{1, 0.1}, {32, 0.04}},
          {{1, 0.1}, {8, 0.05}, {32, 0.04}, {64, 9.0}},
          32};
}

TEST(Escape, LeavesNothingThatMarkupOrXmlWouldTripOver) {
  EXPECT_EQ(escape("<b a=\"x\" b='y'>&"), "&lt;b a=&quot;x&quot; b=&#39;y&#39;&gt;&amp;");
  EXPECT_EQ(escape("a\x01"
                   "b\n\t"),
            "a b\n\t");
  EXPECT_EQ(escape("desk\xff µ"), "desk\xEF\xBF\xBD µ");
  EXPECT_EQ(escape("\xEF\xBF\xBE\xEF\xBF\xBF"), "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST(Shorten, KeepsBothEndsAndWholeCharacters) {
  EXPECT_EQ(shorten("desk1", 5), "desk1");
  EXPECT_EQ(shorten("a-long-name:5755", 9), "a-lo…5755");
  EXPECT_EQ(shorten("µµµµµ", 4), "µµ…µ");
}

TEST(Plots, AreWholeDrawingsOfTheirOwn) {
  const Sweep sweep = made_sweep(kDesks, {1, 8, 64, 512});
  const FitView fit = some_fit();
  for (const Svg& svg : {wall_plot(sweep, &fit), efficiency_plot(sweep),
                         gantt_plot(sweep, sweep.points[2]), rows_plot(sweep, sweep.points[2])}) {
    const std::string file = svg.file_text();
    EXPECT_EQ(markup_problem(file), "");
    EXPECT_TRUE(file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
    EXPECT_EQ(file.find("nan"), std::string::npos);
    EXPECT_EQ(file.find("inf"), std::string::npos);
  }
}

TEST(Plots, StandWithoutAnythingToShow) {
  Sweep sweep = tiny_sweep();  // no chunks in it
  sweep.points = {{1, 8, {RunFigures{}}}};
  for (const Svg& svg : {wall_plot(sweep, nullptr), efficiency_plot(sweep),
                         gantt_plot(sweep, sweep.points[0]), rows_plot(sweep, sweep.points[0])}) {
    EXPECT_EQ(markup_problem(svg.file_text()), "");
    EXPECT_EQ(svg.file_text().find("nan"), std::string::npos);
  }
}

TEST(WallPlot, MarksTheMinimumSaysWhyAndDrawsEveryRun) {
  const Sweep sweep = tiny_sweep();
  const std::string text = wall_plot(sweep, nullptr).file_text();
  for (const char* part :
       {"4 chunks are fastest: 10.0 ms", "minimum: 4 chunks, 10.0 ms",
        "fewer chunks: lanes wait for the last chunk", "more chunks: lanes wait for the wire"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
  EXPECT_EQ(occurrences(text, "r=\"3.5\""), 5u + 1);  // runs, and the legend's
  EXPECT_EQ(text.find("model"), std::string::npos);
}

TEST(WallPlot, TheModelsCurveStaysInTheFrame) {
  const Sweep sweep = made_sweep(kDesks, {1, 8, 64});
  const FitView fit = some_fit();
  const std::string with = wall_plot(sweep, &fit).file_text();
  EXPECT_NE(with.find("its best: 32 chunks"), std::string::npos);
  EXPECT_EQ(with.find(",-"), std::string::npos);  // 9 s would lie far above the sheet
}

TEST(GanttPlot, ShowsEverySpanAndWhoseItWas) {
  const Sweep sweep = made_sweep(kDesks, {64});
  const std::string text = gantt_plot(sweep, sweep.points[0]).file_text();
  EXPECT_EQ(occurrences(text, "<title>chunk "), 2 * 64u);  // computing and encoding
  EXPECT_NE(text.find("desk2:5755"), std::string::npos);
}

// Idle it is not: a lane that prepares a true-count picture.
TEST(GanttPlot, ShowsPreparationApart) {
  Sweep sweep = made_sweep(kDesks, {16});
  EXPECT_EQ(gantt_plot(sweep, sweep.points[0]).file_text().find("preparing"), std::string::npos);
  for (RunFigures& run : sweep.points[0].runs) {
    run.split.preparing_ns = run.chunks[0].spans[0].prepared_ns = 2 * kMillisecond;
  }
  const std::string text = gantt_plot(sweep, sweep.points[0]).file_text();
  EXPECT_EQ(occurrences(text, "<title>chunk "), 2 * 16u + 1);
  EXPECT_EQ(occurrences(text, ">preparing<"), 1u);  // in the key
}

TEST(GanttBlocks, AreSpansWhileTheseAreFew) {
  const Sweep sweep = made_sweep(kDesks, {16});
  const RunFigures& run = sweep.points[0].median();
  const auto blocks = gantt_blocks(sweep.workers, run, 4, 16);
  ASSERT_EQ(blocks.size(), 16u);
  for (const GanttBlock& block : blocks) {
    const ChunkTimes& chunk = run.chunks[block.first_chunk];
    EXPECT_EQ(block.row, chunk.worker * 2 + chunk.spans[0].lane);
    EXPECT_EQ(block.began, chunk.spans[0].began);
    EXPECT_EQ(block.ended, chunk.spans[0].end());
    EXPECT_EQ(block.spans, 1u);
  }
}

TEST(GanttBlocks, PutNeighboursTogetherAndLoseNoTime) {
  const Sweep sweep = made_sweep(kDesks, {1024});
  const RunFigures& run = sweep.points[0].median();
  const auto blocks = gantt_blocks(sweep.workers, run, 4, 100);
  EXPECT_LE(blocks.size(), 100u);
  EXPECT_GT(blocks.size(), 20u);
  Nanoseconds computed = 0;
  std::uint32_t spans = 0;
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    computed += blocks[k].computed_ns;
    spans += blocks[k].spans;
    EXPECT_LE(blocks[k].computed_ns + blocks[k].encoded_ns, blocks[k].ended - blocks[k].began);
    if (k > 0 && blocks[k - 1].row == blocks[k].row) {
      EXPECT_LE(blocks[k - 1].ended, blocks[k].began);
    }
  }
  EXPECT_EQ(computed, run.split.computing_ns);
  EXPECT_EQ(spans, 1024u);
  EXPECT_EQ(gantt_blocks(sweep.workers, run, 4, 2).size(), 2u);
}

TEST(GanttBlocks, LeaveOutLanesThatWereNeverAnnounced) {
  Sweep sweep = made_sweep(kDesks, {16});
  RunFigures run = sweep.points[0].runs[0];
  run.chunks[0].worker = 7;
  run.chunks[1].spans[0].lane = 4'000'000'000;
  EXPECT_EQ(gantt_blocks(sweep.workers, run, 4, 100).size(), 14u);
  for (const GanttBlock& block : gantt_blocks(sweep.workers, run, 3, 100)) EXPECT_LT(block.row, 3u);
}

TEST(CostBands, AreTheAcceptedChunksFromTopToBottom) {
  Sweep sweep = made_sweep(kDesks, {10}, 100);
  RunFigures run = sweep.points[0].runs[0];
  std::reverse(run.chunks.begin(), run.chunks.end());
  ChunkTimes late = run.chunks[3];
  late.is_accepted = false;
  run.chunks.push_back(late);
  const auto bands = cost_bands(run, 10);
  ASSERT_EQ(bands.size(), 10u);
  for (std::uint32_t k = 0; k < 10; ++k) EXPECT_EQ(bands[k].first_row, 10 * k);
  EXPECT_EQ(bands[2].computed_ns, run.chunks[7].computed_ns);
  const auto fewer = cost_bands(run, 4);
  ASSERT_EQ(fewer.size(), 4u);
  EXPECT_EQ(fewer[0].rows, 30u);
  EXPECT_EQ(fewer[3].chunks, 1u);
}

TEST(CostBands, TheDearestRowIsComparedWithTheAverage) {
  RunFigures run;
  run.chunks.resize(2);
  run.chunks[0].rows = 3;
  run.chunks[0].computed_ns = 300;
  run.chunks[1].first_row = 3;
  run.chunks[1].rows = 1;
  run.chunks[1].computed_ns = 500;
  EXPECT_DOUBLE_EQ(dearest_row(cost_bands(run, 9)), 2.5);  // 500 over 800 / 4
  EXPECT_EQ(dearest_row({}), 0);
}

TEST(SweepHtml, IsWellFormedAndNeedsNothingFromOutside) {
  const Sweep sweep = made_sweep(kDesks, {1, 8, 64, 512});
  const FitView fit = some_fit();
  const std::string page = sweep_html(sweep, &fit);
  EXPECT_EQ(markup_problem(page), "");
  for (const char* fetch : {"http:", "https:", "src=", "href=", "@import", "url("})
    EXPECT_EQ(page.find(fetch), std::string::npos) << fetch;
  EXPECT_EQ(occurrences(page, "<svg "), 2u + 2 * 4);
  EXPECT_EQ(occurrences(page, "<option "), 4u);
  EXPECT_EQ(occurrences(page, " selected>"), 1u);
  EXPECT_EQ(occurrences(page, " hidden>\n"), 3u);  // one run is shown
  EXPECT_NE(page.find("per &lt;chunk&gt;"), std::string::npos);
  EXPECT_NE(page.find("The model: 32 chunks would be best"), std::string::npos);
}

TEST(SweepHtml, EscapesWhatWorkersAndUsersSay) {
  const std::string attack = "</script><script>alert(1)</script>\"'&\xff";
  Sweep sweep = made_sweep({{attack, attack, 1}, {"desk2", "simd", 1}}, {2, 4});
  sweep.job = attack;
  sweep.codec = attack;
  const std::string page = sweep_html(sweep, nullptr);
  EXPECT_EQ(markup_problem(page), "");
  EXPECT_EQ(occurrences(page, "<script"), 1u);
  EXPECT_EQ(page.find('\xff'), std::string::npos);
  EXPECT_NE(page.find("&lt;script&gt;alert(1)"), std::string::npos);
}

}  // namespace
}  // namespace mandel
