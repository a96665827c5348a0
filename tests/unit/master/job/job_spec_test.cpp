#include "master/job/job_spec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

class AssignmentTest : public testing::Test {
 protected:
  Options options(std::vector<std::string> names) const {
    Options options;
    options.job = {TutorialGrid{100}, 50};  // 50 x 50
    options.chunks = 10;
    for (const std::string& name : names) options.outputs.push_back(folder_.path(name));
    options.colours = "fire";
    return options;
  }
  Options resume(const std::string& name) const {
    Options options;
    options.resume = folder_.path(name);
    return options;
  }
  // A job that was left with these chunks done, all their counts equal to their number.
  void leave(const Options& options, std::initializer_list<ChunkId> chunks) const {
    auto assignment = take_up(options);
    ASSERT_TRUE(assignment) << assignment.error().what;
    auto opened = open_files(*assignment, false);
    ASSERT_TRUE(opened) << opened.error().what;
    Assembly assembly(std::move(opened->writer));
    for (const ChunkId chunk : chunks) {
      const std::vector<std::uint32_t> counts(250, chunk);
      ASSERT_TRUE(
          assembly.put(chunk, Counts(zmq::message_t(counts.data(), 1000)), fingerprint(counts)));
    }
  }
  static std::string error_of(const Options& options) {
    const auto assignment = take_up(options);
    return assignment ? "accepted" : assignment.error().what;
  }

  const TempFolder folder_;
};

TEST_F(AssignmentTest, ANewJobHasItsJournalBesideTheFirstRegularOutput) {
  ASSERT_EQ(mkfifo(folder_.path("pipe.png").c_str(), 0600), 0);
  const auto assignment = take_up(options({"pipe.png", "a.png", "b.npy"}));
  ASSERT_TRUE(assignment);
  EXPECT_EQ(assignment->journal_path, folder_.path("a.png.journal"));
  EXPECT_EQ(assignment->record.store.becomes, folder_.path("b.npy"));
  EXPECT_NE(assignment->record.job_id, 0u);
  EXPECT_EQ(assignment->record.chunks, 10u);
  EXPECT_EQ(assignment->size.rows, 50u);
  EXPECT_EQ(folder_.count(), 1) << "nothing is made yet";
}

TEST_F(AssignmentTest, WithoutRegularOutputsNothingIsKept) {
  ASSERT_EQ(mkfifo(folder_.path("pipe.raw").c_str(), 0600), 0);
  for (const auto& names : {std::vector<std::string>{}, std::vector<std::string>{"pipe.raw"}}) {
    const auto assignment = take_up(options(names));
    ASSERT_TRUE(assignment);
    EXPECT_TRUE(assignment->journal_path.empty());
    EXPECT_TRUE(assignment->record.store.path.empty());
  }
}

TEST_F(AssignmentTest, ContinueBeginsWhereThereIsNothingAndGoesOnWhereThereIs) {
  Options again = options({"a.npy"});
  again.continues = true;
  {
    const auto first = take_up(again);
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_FALSE(first->resumed);
  }
  leave(again, {1, 2, 5});
  const auto second = take_up(again);
  ASSERT_TRUE(second) << second.error().what;
  ASSERT_TRUE(second->resumed);
  EXPECT_EQ(second->resumed->contents.done.size(), 3u);
  EXPECT_EQ(second->journal_path, folder_.path("a.npy.journal"));
}

TEST_F(AssignmentTest, ContinueTakesTheChunksThatWereChosenBefore) {
  leave(options({"a.npy"}), {1});
  Options again = options({"a.npy"});
  again.continues = true;
  again.chunks = 25;
  EXPECT_NE(error_of(again).find("another job"), std::string::npos) << error_of(again);
  again.chooses_chunks = true;
  const auto assignment = take_up(again);
  ASSERT_TRUE(assignment) << assignment.error().what;
  EXPECT_EQ(assignment->record.chunks, 10u);
}

// As --chunks auto begins a job; `rest` is 0 if its master did not come to choose.
class AssignmentOpened : public AssignmentTest {
 protected:
  void leave_opened(const Options& options, std::uint32_t rest) {
    auto assignment = take_up(options);
    ASSERT_TRUE(assignment);
    job_id_ = assignment->record.job_id;
    assignment->record.opening = {20, 2, 1, 5};
    assignment->record.chunks = 0;
    auto opened = open_files(*assignment, false);
    ASSERT_TRUE(opened);
    Assembly assembly(std::move(opened->writer));
    const std::vector<std::uint32_t> counts(250, 7);
    ASSERT_TRUE(assembly.put(1, Counts(zmq::message_t(counts.data(), 1000)), fingerprint(counts)));
    if (rest > 0) {
      ASSERT_TRUE(assembly.cut_rest(rest));
    }
  }

  std::uint64_t job_id_ = 0;
};

TEST_F(AssignmentOpened, GoesOnWithTheRestAsItWasCut) {
  leave_opened(options({"a.npy"}), 6);
  auto assignment = take_up(resume("a.npy"));
  ASSERT_TRUE(assignment) << assignment.error().what;
  EXPECT_EQ(assignment->record.job_id, job_id_);
  EXPECT_EQ(assignment->chunking().chunks(), 4u + 6);
  EXPECT_EQ(assignment->chunking().band(1), (Band{21, 5}));
  EXPECT_EQ(open_files(*assignment, false)->writer.done.size(), 1u);
}

TEST_F(AssignmentOpened, CutsTheRestBySizeWhereNobodyDidAndRemembersHow) {
  leave_opened(options({"a.npy"}), 0);
  std::uint32_t chunks = 0;
  std::uint64_t job_id = 0;
  for (int time = 0; time < 2; ++time) {
    auto assignment = take_up(resume("a.npy"));
    ASSERT_TRUE(assignment) << assignment.error().what;
    EXPECT_TRUE(assignment->chunking().is_whole());
    EXPECT_EQ(assignment->resumed->contents.header.chunks == 0, time == 0);
    if (time == 0) {
      chunks = assignment->record.chunks;
      job_id = assignment->record.job_id;
      EXPECT_NE(job_id, job_id_) << "workers may have results of chunks that were cut otherwise";
    }
    EXPECT_EQ(assignment->record.chunks, chunks);
    EXPECT_EQ(assignment->record.job_id, job_id);
    EXPECT_GE(assignment->chunking().rest_rows_max(), 3u) << "near the default's 16 chunks or less";
    EXPECT_EQ(open_files(*assignment, false)->writer.done.size(), 1u);
  }
}

TEST_F(AssignmentOpened, ContinueOfTheSameCommandGoesOn) {
  leave_opened(options({"a.npy"}), 6);
  Options again = options({"a.npy"});
  again.continues = true;
  EXPECT_NE(error_of(again).find("another job"), std::string::npos) << error_of(again);
  again.chooses_chunks = true;
  const auto assignment = take_up(again);
  ASSERT_TRUE(assignment) << assignment.error().what;
  EXPECT_EQ(assignment->record.chunks, 6u);
}

TEST_F(AssignmentOpened, RefusesARestThatIsNoCutOfThePicture) {
  leave_opened(options({"a.npy"}), 0);
  ASSERT_TRUE(Journal::resume(folder_.path("a.npy.journal"))->journal.cut_rest(1000));
  const std::string error = error_of(resume("a.npy"));
  EXPECT_NE(error.find("1004 chunks, which is no way to cut its 50 rows"), std::string::npos)
      << error;
}

TEST_F(AssignmentTest, ContinueDoesNotTakeAnotherJobForItsOwn) {
  leave(options({"a.npy"}), {1});
  Options other = options({"a.npy"});
  other.continues = true;
  other.job.max_iter = 51;
  EXPECT_NE(error_of(other).find("--resume " + folder_.path("a.npy.journal")), std::string::npos)
      << error_of(other);
  other = options({"a.npy", "b.png"});
  other.continues = true;
  EXPECT_NE(error_of(other).find("another job"), std::string::npos) << error_of(other);
}

TEST_F(AssignmentTest, NoJournalMeansNoSecondFile) {
  Options no_journal = options({"a.png"});
  no_journal.keeps_journal = false;
  auto assignment = take_up(no_journal);
  ASSERT_TRUE(assignment);
  const auto opened = open_files(*assignment, false);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->writer.store);
  EXPECT_FALSE(opened->writer.journal);
  EXPECT_LE(folder_.count(), 1) << "the picture's temporary file, where it needs a name";
}

TEST_F(AssignmentTest, AnAuditNeedsAStoreAndMakesOneThatNobodySees) {
  auto assignment = take_up(options({}));
  ASSERT_TRUE(assignment);
  const auto opened = open_files(*assignment, true);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->writer.store);
  EXPECT_TRUE(opened->writer.hold_back);
  EXPECT_FALSE(opened->writer.journal);
}

TEST_F(AssignmentTest, TheStoresOutputIsNoSinkAndTheOthersAre) {
  auto assignment = take_up(options({"a.png", "b.npy", "c.raw"}));
  ASSERT_TRUE(assignment);
  const auto opened = open_files(*assignment, false);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->writer.sinks.size(), 2u);
  EXPECT_TRUE(folder_.has("b.npy.part"));
  EXPECT_TRUE(folder_.has("a.png.journal"));
}

TEST_F(AssignmentTest, AnUnfinishedJobIsNotBegunAgainByAccident) {
  leave(options({"a.png"}), {3});
  const std::string error = error_of(options({"a.png"}));
  EXPECT_TRUE(error.starts_with("--output: ")) << error;
  EXPECT_NE(error.find("--resume " + folder_.path("a.png.journal")), std::string::npos) << error;
  Options no_journal = options({"a.png"});
  no_journal.keeps_journal = false;
  EXPECT_EQ(error_of(no_journal), error) << "it would write over the counts";
}

TEST_F(AssignmentTest, GoesOnWithTheSameJobByTheNameOfJournalOrOutput) {
  leave(options({"a.png", "b.npy"}), {3, 7});
  for (const char* name : {"a.png.journal", "a.png"}) {
    auto assignment = take_up(resume(name));
    ASSERT_TRUE(assignment) << assignment.error().what;
    EXPECT_EQ(assignment->record.job, (Job{TutorialGrid{100}, 50}));
    EXPECT_EQ(assignment->record.colours, "fire");
    EXPECT_EQ(assignment->record.outputs, options({"a.png", "b.npy"}).outputs);
    EXPECT_EQ(assignment->journal_path, folder_.path("a.png.journal"));
    const auto opened = open_files(*assignment, false);
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_EQ(opened->writer.done.size(), 2u);
    EXPECT_EQ(opened->writer.done.at(7).sum, 7u * 250);
    EXPECT_EQ(opened->spoilt, 0u);
  }
}

TEST_F(AssignmentTest, ChunksThatTheStoreHasNotAreComputedAgain) {
  leave(options({"b.raw"}), {0, 3, 9});
  // Chunk 3 is of rows 15 to 19, 50 columns, 4 bytes each.
  std::string counts = bytes_of(folder_.path("b.raw.part"));
  counts[3 * 1000 + 1] ^= 1;
  write_bytes(folder_.path("b.raw.part"), counts.substr(0, 9900));
  auto assignment = take_up(resume("b.raw"));
  ASSERT_TRUE(assignment);
  const auto opened = open_files(*assignment, false);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->spoilt, 2u) << "3 was changed, 9 was cut";
  EXPECT_EQ(opened->writer.done.size(), 1u);
  EXPECT_TRUE(opened->writer.done.contains(0));
}

TEST_F(AssignmentTest, AMissingStoreIsNoReasonToFail) {
  leave(options({"a.png"}), {0, 3});
  std::filesystem::remove(folder_.path("a.png.counts.part"));
  auto assignment = take_up(resume("a.png"));
  ASSERT_TRUE(assignment);
  const auto opened = open_files(*assignment, false);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->spoilt, 1u) << "0 was all zeros, as what is missing reads";
}

TEST_F(AssignmentTest, DamageIsRemarked) {
  leave(options({"a.png"}), {0, 3, 4});
  std::string journal = bytes_of(folder_.path("a.png.journal"));
  journal[journal.size() - 60] ^= 1;
  write_bytes(folder_.path("a.png.journal"), journal);
  const auto assignment = take_up(resume("a.png"));
  ASSERT_TRUE(assignment);
  EXPECT_NE(assignment->remark.find("damaged at byte"), std::string::npos) << assignment->remark;
  EXPECT_EQ(assignment->resumed->contents.done.size(), 1u);
}

TEST_F(AssignmentTest, WhatIsNoJournalIsSaid) {
  write_bytes(folder_.path("notes"), "my notes");
  for (const char* name : {"notes", "missing", "."}) {
    const std::string error = error_of(resume(name));
    EXPECT_TRUE(error.starts_with("--resume: ")) << error;
    EXPECT_NE(error.find(folder_.path()), std::string::npos) << error;
  }
}

TEST_F(AssignmentTest, AJournalWithChunksThatCanNotBeIsRefused) {
  auto odd = take_up(options({"a.png"}));
  ASSERT_TRUE(odd);
  odd->record.chunks = 51;  // of 50 rows
  ASSERT_TRUE(Journal::create(odd->journal_path, odd->record));
  EXPECT_NE(error_of(resume("a.png")).find("51 chunks"), std::string::npos);
}

TEST_F(AssignmentTest, FilesThatCanNotBeMadeLeaveNothing) {
  const auto left_by = [&](std::vector<std::string> names) {
    auto assignment = take_up(options(names));
    EXPECT_TRUE(assignment);
    const auto opened = open_files(*assignment, false);
    EXPECT_FALSE(opened);
    EXPECT_TRUE(opened.error().what.starts_with("--output: ")) << opened.error().what;
    return folder_.count();
  };
  EXPECT_EQ(left_by({"missing/a.png"}), 0);
  EXPECT_EQ(left_by({"a.png", "missing/b.npy"}), 0);
  EXPECT_EQ(left_by({"a.png", "missing/b.pgm"}), 0);
}

TEST_F(AssignmentTest, SaysHowToGoOnOrWhyNot) {
  const Options plain = options({"a.png"});
  const auto assignment = take_up(plain);
  ASSERT_TRUE(assignment);
  EXPECT_EQ(how_to_go_on(*assignment, plain, true),
            fmt::format("go on with: mandel-master --resume {}", assignment->journal_path));
  Options with_hosts = plain;
  with_hosts.hosts.fixed.push_back({"desk1"});
  EXPECT_TRUE(how_to_go_on(*assignment, with_hosts, true).ends_with(" [the same --hosts]"));
  const Options none = options({});
  EXPECT_NE(how_to_go_on(*take_up(none), none, false).find("no --output"), std::string::npos);
  Options no_journal = plain;
  no_journal.keeps_journal = false;
  EXPECT_NE(how_to_go_on(*take_up(no_journal), no_journal, false).find("--no-journal"),
            std::string::npos);
}

}  // namespace
}  // namespace mandel
