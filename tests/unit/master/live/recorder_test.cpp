// A job as the loop tells it, and what the page would show.
#include "master/live/recorder.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace mandel {
namespace {

class Recorder : public testing::Test {
 protected:
  static constexpr std::uint32_t kColumns = 2;

  Recorder() {
    recorder_.begin({.title = "a job",
                     .columns = kColumns,
                     .rows = 8,
                     .max_iter = 10,
                     .semantics = "exact-f64",
                     .axes = {},
                     .chunks = 4},
                    1000);
    for (WorkerId worker = 0; worker < 3; ++worker) {
      recorder_.enlisted(worker, std::string(1, static_cast<char>('a' + worker)));
      recorder_.joined({worker, "host", "simd", 2}, 0);
    }
  }
  static Band band(ChunkId chunk) { return {2 * chunk, 2}; }
  void send(WorkerId worker, ChunkId chunk, std::uint32_t attempt = 1) {
    recorder_.sent(worker, chunk, band(chunk), attempt, kSecond);
  }
  void accept(WorkerId worker, ChunkId chunk, std::uint64_t iterations = 4) {
    const std::vector<std::uint32_t> counts(2 * kColumns, 1);
    ChunkTimes times;
    times.chunk = chunk;
    times.worker = worker;
    times.first_row = band(chunk).first_row;
    times.rows = 2;
    times.received = 2 * kSecond;
    times.sent = kSecond / 2;
    times.computed_ns = kSecond / 2;
    times.iterations = iterations;
    recorder_.came(times);
    recorder_.accepted(worker, chunk, band(chunk), counts, 2 * kSecond);
  }
  // With all workers there.
  LiveState look(std::vector<WorkerNow> workers = {}) {
    workers.resize(std::max<std::size_t>(3, workers.size()),
                   {.is_ready = true, .was_ever_ready = true, .held = 1});
    recorder_.look({.at = 3 * kSecond, .chunks = 4, .workers = std::move(workers)});
    return *state_;
  }
  DisplayRow row(std::uint32_t number) { return look().rows[number]; }
  std::string last_text() { return look().happenings.back()->text; }

  std::shared_ptr<const LiveState> state_;
  LiveRecorder recorder_{[] { return true; },
                         [this](std::shared_ptr<const LiveState> state) { state_ = state; }};
};

TEST_F(Recorder, ShowsWhoHasWhat) {
  send(1, 2);
  EXPECT_EQ(row(4).state, DisplayRow::State::kInWork);
  EXPECT_EQ(row(5).worker, 1u);
  EXPECT_EQ(row(6).state, DisplayRow::State::kOpen);
  accept(1, 2);
  EXPECT_EQ(row(4).state, DisplayRow::State::kDone);
  EXPECT_EQ(look().workers[1].chunks, 1u);
  EXPECT_EQ(row(4).started, kSecond / 2);
  EXPECT_EQ(row(4).done, 2 * kSecond);
  EXPECT_EQ(row(4).computed_ns, kSecond / 2);
}

TEST_F(Recorder, KnowsWhatChunksCostAndNotJustThatTheyAreDone) {
  accept(0, 0, 0);
  EXPECT_NEAR(look().work_done, 0.25, 1e-9);
  accept(1, 1, 1'000'000);
  EXPECT_NEAR(look().work_done, 1.0 / 3, 1e-4) << "the first cost nothing beside it";
}

TEST_F(Recorder, SaysHowFastThePictureAndEachMachineAre) {
  accept(1, 2);  // 4 pixels and as many iterations, in two seconds
  const LiveState state = look({{}, {.is_ready = true, .held = 1, .bytes_in = 300}});
  EXPECT_DOUBLE_EQ(state.rate, 2);
  EXPECT_DOUBLE_EQ(state.workers[0].speed, 0);
  EXPECT_DOUBLE_EQ(state.workers[1].speed, 4);
  EXPECT_GT(state.workers[1].in_rate, 0);
  EXPECT_EQ(state.workers[1].out_rate, 0);
  EXPECT_DOUBLE_EQ(*state.workers[1].round_trip_s, 1.5) << "sent at 0.5 s, back at 2 s";
  recorder_.parted(1, RunObserver::Parting::kLost, "closed", 2 * kSecond);
  EXPECT_EQ(look().workers[1].speed, 0) << "who is gone has none";
}

TEST_F(Recorder, ShowsThatASecondOpinionIsAwaited) {
  send(0, 0);
  recorder_.kept(0, 0);
  EXPECT_EQ(row(0).state, DisplayRow::State::kKept);
  send(1, 0, 2);
  EXPECT_EQ(row(0).state, DisplayRow::State::kKept);
  EXPECT_EQ(row(0).attempts, 2u);
  recorder_.parted(1, RunObserver::Parting::kLost, "closed", 2 * kSecond);
  EXPECT_EQ(row(0).state, DisplayRow::State::kKept) << "there still is the first";
}

TEST_F(Recorder, OfAResumedJobHasWhatAnEarlierRunDid) {
  recorder_.begin({.title = "again", .columns = kColumns, .rows = 8, .chunks = 4}, 1000);
  recorder_.done_before(1, band(1), [](std::uint32_t row, std::span<std::uint32_t> counts) {
    std::ranges::fill(counts, row);
    return true;
  });
  recorder_.enlisted(0, "a");
  const LiveState state = look();
  EXPECT_EQ(state.rows[1].state, DisplayRow::State::kOpen);
  EXPECT_EQ(state.rows[2].state, DisplayRow::State::kDone);
  EXPECT_EQ(state.rows[2].worker, kNobody);
  ASSERT_NE(state.rows[3].counts, nullptr);
  EXPECT_EQ(*state.rows[3].counts, std::vector<std::uint32_t>(kColumns, 3));
  EXPECT_NEAR(state.work_done, 0.25, 1e-9);
  EXPECT_EQ(state.happenings.front()->kind, "resumed");
  EXPECT_EQ(state.happenings.front()->text, "An earlier run had done 1 chunk.");
}

TEST_F(Recorder, NamesTheHeirsOfALostWorker) {
  for (const ChunkId chunk : {0u, 1u, 2u}) send(0, chunk);
  recorder_.parted(0, RunObserver::Parting::kLost, "silent for 3 s", 2 * kSecond);
  EXPECT_EQ(last_text(), "Lost a: silent for 3 s. Its chunks 0 to 2 wait for another.");
  EXPECT_EQ(row(0).state, DisplayRow::State::kCameBack);
  send(1, 0, 2);
  send(2, 1, 2);
  send(1, 2, 2);
  EXPECT_EQ(last_text(),
            "Lost a: silent for 3 s. Its chunks 0 and 2 go on at b; chunk 1 goes on at c.");
  EXPECT_EQ(row(0).worker, 1u);
}

TEST_F(Recorder, CountsAWorkerThatComesBackWithItsChunkAsItsOwnHeir) {
  send(0, 0);
  recorder_.parted(0, RunObserver::Parting::kLost, "closed", 2 * kSecond);
  accept(0, 0);
  EXPECT_EQ(last_text(), "Lost a: closed. Its chunk 0 goes on at a.");
}

TEST_F(Recorder, LeavesAChunkThatAnotherHasToo) {
  send(0, 0);
  send(1, 0, 2);
  EXPECT_EQ(last_text(), "b had nothing left to begin, and got chunk 0 of a, too.");
  recorder_.parted(0, RunObserver::Parting::kLost, "closed", 2 * kSecond);
  EXPECT_EQ(row(0).state, DisplayRow::State::kInWork);
  recorder_.cancelled(1, 0);
  EXPECT_EQ(row(0).state, DisplayRow::State::kCameBack);
}

TEST_F(Recorder, ShowsAWorkerThatWasCaughtAndWhatIsTakenBack) {
  send(0, 0);
  accept(0, 0);
  send(0, 1);
  recorder_.dismissed(0, "it miscounts", 3 * kSecond);
  recorder_.revoked(0, 0, band(0));
  EXPECT_EQ(row(0).state, DisplayRow::State::kRevoked);
  EXPECT_EQ(row(2).state, DisplayRow::State::kCameBack);
  EXPECT_EQ(last_text(),
            "a is not used any more: it miscounts. Its chunk 1 waits for another. 1 chunk of it is "
            "computed again.");
  send(1, 1, 2);
  EXPECT_EQ(last_text(),
            "a is not used any more: it miscounts. Its chunk 1 goes on at b. 1 chunk of it is "
            "computed again.");
  EXPECT_EQ(look().work_done, 0);
  const LiveState state = look({{.is_dismissed = true}});
  EXPECT_EQ(state.workers[0].state, "caught");
  EXPECT_EQ(state.workers[0].chunks, 0u);
}

TEST_F(Recorder, SaysHowEachMachineIs) {
  const auto state_of = [&](const WorkerNow& now) { return look({now}).workers[0]; };
  WorkerNow now{.is_ready = true, .was_ever_ready = true, .held = 1};
  EXPECT_EQ(state_of(now).state, "working");
  now.late = {17, 3.14};
  EXPECT_EQ(state_of(now).words, "late: chunk 17 at 3.1 × its time");
  now.silence = 4 * kSecond;
  EXPECT_EQ(state_of(now).words, "silent for 4 s");
  now = {.is_ready = true, .was_ever_ready = true};
  EXPECT_EQ(state_of(now).state, "idle");
  recorder_.told({0, 0, &TimeSplit::computing_ns, 0, kSecond});
  recorder_.told({0, 0, &TimeSplit::wire_ns, kSecond, 3 * kSecond});
  now.held = 1;
  EXPECT_EQ(state_of(now).state, "waiting");
  EXPECT_EQ(state_of({.is_explained = true, .problem = "no key"}).words, "not admitted: no key");
  EXPECT_EQ(state_of({}).state, "absent");
  EXPECT_EQ(state_of({.was_ever_ready = true}).state, "gone");
}

TEST_F(Recorder, DrawsLanesAndAddsUpTheirTime) {
  recorder_.told({1, 1, &TimeSplit::computing_ns, 0, kSecond});
  const LiveState state = look();
  ASSERT_EQ(state.lane_rows.size(), 6u);
  EXPECT_EQ(state.lane_rows[3], (std::pair<WorkerId, std::optional<std::uint32_t>>(1, 1)));
  EXPECT_EQ(state.lanes_job.columns[0]->shares[3 * kTimeParts.size()], 255);
  ASSERT_FALSE(state.lanes_minute.columns.empty());
  EXPECT_EQ(state.lanes_minute.columns[0]->shares[3 * kTimeParts.size()], 255);
  EXPECT_EQ(state.parts[0], 1);
  EXPECT_EQ(state.recent[0], 1);
}

TEST_F(Recorder, OfTheLastSecondsForgetsNobodyWhoTellsLate) {
  recorder_.told({0, 0, &TimeSplit::computing_ns, 0, 2 * kSecond});
  recorder_.told({1, 0, &TimeSplit::away_ns, 0, 100 * kSecond});
  const PartSeconds recent = look().recent;
  EXPECT_EQ(recent[0], 2);
  EXPECT_GE(recent.back(), 5);
  EXPECT_LE(recent.back(), 6);
}

TEST_F(Recorder, OfMoreMachinesAndLanesThanAPageTakesShowsSome) {
  for (WorkerId worker = 3; worker < 400; ++worker) {
    recorder_.enlisted(worker, "w");
    recorder_.joined({worker, "host", "simd", 64}, 0);
    recorder_.told({worker, 63, &TimeSplit::computing_ns, 0, kSecond});
  }
  const LiveState state =
      look(std::vector<WorkerNow>(400, {.is_ready = true, .was_ever_ready = true}));
  EXPECT_EQ(state.workers.size(), LiveState::kWorkersMax);
  EXPECT_EQ(state.workers_left_out, 400 - LiveState::kWorkersMax);
  EXPECT_EQ(state.machines, 400u);
  EXPECT_EQ(state.lane_rows.size(), 256u);
  EXPECT_FALSE(state.lane_rows.back().second) << "a row for all lanes of a machine";
  EXPECT_EQ(state.lanes_job.columns[0]->shares[255 * kTimeParts.size()], 4) << "one lane of 64";
  EXPECT_LE(state.lanes_job.columns.size() * state.lanes_job.rows, LaneGrid::kCellsMax);
}

TEST_F(Recorder, HoldsNoMoreForManyChunks) {
  for (ChunkId chunk = 0; chunk < 100'000; ++chunk) {
    recorder_.sent(0, chunk, {0, 1}, 1, kSecond);
    recorder_.returned(0, chunk, "no", kSecond);
  }
  EXPECT_EQ(look().happenings.size(), Happenings::kMax);
  EXPECT_EQ(look().happenings.back()->number, 100'000u + 3);
}

TEST_F(Recorder, BeginsAnewForTheNextRun) {
  send(0, 0);
  LiveSweep sweep;
  sweep.current = "16 chunks";
  recorder_.set_sweep(sweep);
  const std::uint32_t run = state_->run;
  recorder_.begin({.title = "another", .columns = 1, .rows = 1, .chunks = 1}, 2000);
  EXPECT_EQ(state_->run, run + 1);
  EXPECT_EQ(state_->rows.size(), 1u);
  EXPECT_TRUE(state_->happenings.empty());
  EXPECT_EQ(state_->sweep->current, "16 chunks");
}

TEST_F(Recorder, KeepsAllAtTheEnd) {
  send(0, 0);
  accept(0, 0);
  look();
  recorder_.set_phase("done", "Done in 3 s: the counts add up to 4.");
  EXPECT_EQ(state_->phase, "done");
  EXPECT_EQ(state_->rows[0].state, DisplayRow::State::kDone);
  EXPECT_EQ(state_->happenings.back()->text, state_->ending);
  EXPECT_FALSE(state_->left_s);
}

}  // namespace
}  // namespace mandel
