// What a master goes on with, and that it takes no other job's journal for its own.
#include "master/job/job_spec.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "master/job/job_files.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

class JobSpecTest : public testing::Test {
 protected:
  Options options(std::vector<std::string> names) const {
    Options options;
    options.job = {TutorialGrid{100}, 50};  // 50 x 50
    options.chunks = 10;
    for (const std::string& name : names) options.outputs.push_back(folder_.path(name));
    options.rendering.map = "fire";
    return options;
  }
  Options resume(const std::string& name) const {
    Options options;
    options.resume = folder_.path(name);
    return options;
  }
  // A job that was left with these chunks done, all their counts equal to their number.
  void leave(const Options& options, std::initializer_list<ChunkId> chunks) const {
    auto spec = job_spec_of(options);
    ASSERT_TRUE(spec) << spec.error().what;
    auto opened = open(*spec);
    ASSERT_TRUE(opened) << opened.error().what;
    Assembly assembly(std::move(opened->writer));
    for (const ChunkId chunk : chunks) {
      const std::vector<std::uint32_t> counts(250, chunk);
      ASSERT_TRUE(
          assembly.put(chunk, Counts(zmq::message_t(counts.data(), 1000)), fingerprint(counts)));
    }
  }
  static Result<JobFiles> open(JobSpec& spec, double audit = 0) {
    Options options;
    options.audit = audit;
    return open_job_files(options, spec);
  }
  static std::string error_of(const Options& options) {
    const auto spec = job_spec_of(options);
    return spec ? "accepted" : spec.error().what;
  }

  const TempFolder folder_;
};

TEST_F(JobSpecTest, ANewJobHasItsJournalBesideTheFirstRegularOutput) {
  ASSERT_EQ(mkfifo(folder_.path("pipe.png").c_str(), 0600), 0);
  const auto spec = job_spec_of(options({"pipe.png", "a.png", "b.npy"}));
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->journal_path, folder_.path("a.png.journal"));
  EXPECT_EQ(spec->header.store.becomes, folder_.path("b.npy"));
  EXPECT_NE(spec->header.job_id, 0u);
  EXPECT_EQ(spec->header.chunks, 10u);
  EXPECT_EQ(spec->size.rows, 50u);
  EXPECT_EQ(folder_.count(), 1) << "nothing is made yet";
}

TEST_F(JobSpecTest, WithoutRegularOutputsNothingIsKept) {
  ASSERT_EQ(mkfifo(folder_.path("pipe.raw").c_str(), 0600), 0);
  for (const auto& names : {std::vector<std::string>{}, std::vector<std::string>{"pipe.raw"}}) {
    const auto spec = job_spec_of(options(names));
    ASSERT_TRUE(spec);
    EXPECT_TRUE(spec->journal_path.empty());
    EXPECT_TRUE(spec->header.store.path.empty());
  }
}

TEST_F(JobSpecTest, ContinueBeginsWhereThereIsNothingAndGoesOnWhereThereIs) {
  Options again = options({"a.npy"});
  again.continues = true;
  {
    const auto first = job_spec_of(again);
    ASSERT_TRUE(first) << first.error().what;
    EXPECT_FALSE(first->resumed);
  }
  leave(again, {1, 2, 5});
  const auto second = job_spec_of(again);
  ASSERT_TRUE(second) << second.error().what;
  ASSERT_TRUE(second->resumed);
  EXPECT_EQ(second->resumed->contents.done.size(), 3u);
  EXPECT_EQ(second->journal_path, folder_.path("a.npy.journal"));
}

TEST_F(JobSpecTest, ContinueTakesTheChunksThatWereChosenBefore) {
  leave(options({"a.npy"}), {1});
  Options again = options({"a.npy"});
  again.continues = true;
  again.chunks = 25;
  EXPECT_NE(error_of(again).find("another job"), std::string::npos) << error_of(again);
  again.chooses_chunks = true;
  const auto spec = job_spec_of(again);
  ASSERT_TRUE(spec) << spec.error().what;
  EXPECT_EQ(spec->header.chunks, 10u);
}

// As --chunks auto begins a job; `rest` is 0 if its master did not come to choose.
class JobSpecWithOpening : public JobSpecTest {
 protected:
  void leave_opened(const Options& options, std::uint32_t rest) {
    auto spec = job_spec_of(options);
    ASSERT_TRUE(spec);
    job_id_ = spec->header.job_id;
    spec->header.opening = {20, 2, 1, 5};
    spec->header.chunks = 0;
    auto opened = open(*spec);
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

TEST_F(JobSpecWithOpening, GoesOnWithTheRestAsItWasCut) {
  leave_opened(options({"a.npy"}), 6);
  auto spec = job_spec_of(resume("a.npy"));
  ASSERT_TRUE(spec) << spec.error().what;
  EXPECT_EQ(spec->header.job_id, job_id_);
  EXPECT_EQ(spec->chunking().chunks(), 4u + 6);
  EXPECT_EQ(spec->chunking().band(1), (Band{21, 5}));
  EXPECT_EQ(open(*spec)->writer.done.size(), 1u);
}

TEST_F(JobSpecWithOpening, CutsTheRestBySizeWhereNobodyDidAndRemembersHow) {
  leave_opened(options({"a.npy"}), 0);
  std::uint32_t chunks = 0;
  std::uint64_t job_id = 0;
  for (int time = 0; time < 2; ++time) {
    auto spec = job_spec_of(resume("a.npy"));
    ASSERT_TRUE(spec) << spec.error().what;
    EXPECT_TRUE(spec->chunking().is_whole());
    EXPECT_EQ(spec->resumed->contents.header.chunks == 0, time == 0);
    if (time == 0) {
      chunks = spec->header.chunks;
      job_id = spec->header.job_id;
      EXPECT_NE(job_id, job_id_) << "workers may have results of chunks that were cut otherwise";
    }
    EXPECT_EQ(spec->header.chunks, chunks);
    EXPECT_EQ(spec->header.job_id, job_id);
    EXPECT_GE(spec->chunking().rest_rows_max(), 3u) << "near the default's 16 chunks or less";
    EXPECT_EQ(open(*spec)->writer.done.size(), 1u);
  }
}

TEST_F(JobSpecWithOpening, ContinueOfTheSameCommandGoesOn) {
  leave_opened(options({"a.npy"}), 6);
  Options again = options({"a.npy"});
  again.continues = true;
  EXPECT_NE(error_of(again).find("another job"), std::string::npos) << error_of(again);
  again.chooses_chunks = true;
  const auto spec = job_spec_of(again);
  ASSERT_TRUE(spec) << spec.error().what;
  EXPECT_EQ(spec->header.chunks, 6u);
}

TEST_F(JobSpecWithOpening, RefusesARestThatIsNoCutOfThePicture) {
  leave_opened(options({"a.npy"}), 0);
  ASSERT_TRUE(Journal::resume(folder_.path("a.npy.journal"))->journal.cut_rest(1000));
  const std::string error = error_of(resume("a.npy"));
  EXPECT_NE(error.find("1004 chunks, which is no way to cut its 50 rows"), std::string::npos)
      << error;
}

TEST_F(JobSpecTest, ContinueDoesNotTakeAnotherJobForItsOwn) {
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

TEST_F(JobSpecTest, OtherCountsOfTheSameViewAreAnotherJob) {
  Options exact = options({"a.npy"});
  exact.job = {View{-0.75, 0, 0.05, 0.05, 50, 50}, 50};
  leave(exact, {1});
  exact.continues = true;
  EXPECT_EQ(error_of(exact), "accepted");
  Options deep = exact;
  deep.job = {DeepView{"-0.75", "0", "0.05", "0.05", 50, 50}, 50};
  EXPECT_NE(error_of(deep).find("another job"), std::string::npos) << error_of(deep);
}

TEST_F(JobSpecTest, NoJournalMeansNoSecondFile) {
  Options no_journal = options({"a.png"});
  no_journal.keeps_journal = false;
  auto spec = job_spec_of(no_journal);
  ASSERT_TRUE(spec);
  const auto opened = open(*spec);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->writer.store);
  EXPECT_FALSE(opened->writer.journal);
  EXPECT_LE(folder_.count(), 1) << "the picture's temporary file, where it needs a name";
}

TEST_F(JobSpecTest, AnAuditNeedsAStoreAndMakesOneThatNobodySees) {
  auto spec = job_spec_of(options({}));
  ASSERT_TRUE(spec);
  const auto opened = open(*spec, 0.5);
  ASSERT_TRUE(opened);
  EXPECT_TRUE(opened->writer.store);
  EXPECT_TRUE(opened->writer.hold_back);
  EXPECT_FALSE(opened->writer.journal);
}

TEST_F(JobSpecTest, TheStoresOutputIsNoSinkAndTheOthersAre) {
  auto spec = job_spec_of(options({"a.png", "b.npy", "c.raw"}));
  ASSERT_TRUE(spec);
  const auto opened = open(*spec);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->writer.sinks.size(), 3u);
  EXPECT_TRUE(folder_.has("b.npy.part"));
  EXPECT_TRUE(folder_.has("a.png.journal"));
}

TEST_F(JobSpecTest, AnUnfinishedJobIsNotBegunAgainByAccident) {
  leave(options({"a.png"}), {3});
  const std::string error = error_of(options({"a.png"}));
  EXPECT_TRUE(error.starts_with("--output: ")) << error;
  EXPECT_NE(error.find("--resume " + folder_.path("a.png.journal")), std::string::npos) << error;
  Options no_journal = options({"a.png"});
  no_journal.keeps_journal = false;
  EXPECT_EQ(error_of(no_journal), error) << "it would write over the counts";
}

TEST_F(JobSpecTest, GoesOnWithTheSameJobByTheNameOfJournalOrOutput) {
  leave(options({"a.png", "b.npy"}), {3, 7});
  for (const char* name : {"a.png.journal", "a.png"}) {
    auto spec = job_spec_of(resume(name));
    ASSERT_TRUE(spec) << spec.error().what;
    EXPECT_EQ(spec->header.job, (Job{TutorialGrid{100}, 50}));
    EXPECT_EQ(spec->header.colours, "fire");
    EXPECT_EQ(spec->header.outputs, options({"a.png", "b.npy"}).outputs);
    EXPECT_EQ(spec->journal_path, folder_.path("a.png.journal"));
    const auto opened = open(*spec);
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_EQ(opened->writer.done.size(), 2u);
    EXPECT_EQ(opened->writer.done.at(7).sum, 7u * 250);
    EXPECT_EQ(opened->spoilt, 0u);
  }
}

TEST_F(JobSpecTest, ChunksThatTheStoreHasNotAreComputedAgain) {
  leave(options({"b.raw"}), {0, 3, 9});
  // Chunk 3 is of rows 15 to 19, 50 columns, 4 bytes each.
  std::string counts = bytes_of(folder_.path("b.raw.part"));
  counts[3 * 1000 + 1] ^= 1;
  write_bytes(folder_.path("b.raw.part"), counts.substr(0, 9900));
  auto spec = job_spec_of(resume("b.raw"));
  ASSERT_TRUE(spec);
  const auto opened = open(*spec);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->spoilt, 2u) << "3 was changed, 9 was cut";
  EXPECT_EQ(opened->writer.done.size(), 1u);
  EXPECT_TRUE(opened->writer.done.contains(0));
}

TEST_F(JobSpecTest, AMissingStoreIsNoReasonToFail) {
  leave(options({"a.png"}), {0, 3});
  std::filesystem::remove(folder_.path("a.png.counts.part"));
  auto spec = job_spec_of(resume("a.png"));
  ASSERT_TRUE(spec);
  const auto opened = open(*spec);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->spoilt, 1u) << "0 was all zeros, as what is missing reads";
}

TEST_F(JobSpecTest, DamageIsRemarked) {
  leave(options({"a.png"}), {0, 3, 4});
  std::string journal = bytes_of(folder_.path("a.png.journal"));
  journal[journal.size() - 60] ^= 1;
  write_bytes(folder_.path("a.png.journal"), journal);
  const auto spec = job_spec_of(resume("a.png"));
  ASSERT_TRUE(spec);
  EXPECT_NE(spec->remark.find("damaged at byte"), std::string::npos) << spec->remark;
  EXPECT_EQ(spec->resumed->contents.done.size(), 1u);
}

TEST_F(JobSpecTest, WhatIsNoJournalIsSaid) {
  write_bytes(folder_.path("notes"), "my notes");
  for (const char* name : {"notes", "missing", "."}) {
    const std::string error = error_of(resume(name));
    EXPECT_TRUE(error.starts_with("--resume: ")) << error;
    EXPECT_NE(error.find(folder_.path()), std::string::npos) << error;
  }
}

TEST_F(JobSpecTest, AJournalWithChunksThatCanNotBeIsRefused) {
  auto odd = job_spec_of(options({"a.png"}));
  ASSERT_TRUE(odd);
  odd->header.chunks = 51;  // of 50 rows
  ASSERT_TRUE(Journal::create(odd->journal_path, odd->header));
  EXPECT_NE(error_of(resume("a.png")).find("51 chunks"), std::string::npos);
}

TEST_F(JobSpecTest, FilesThatCanNotBeMadeLeaveNothing) {
  const auto left_by = [&](std::vector<std::string> names) {
    auto spec = job_spec_of(options(names));
    EXPECT_TRUE(spec);
    const auto opened = open(*spec);
    EXPECT_FALSE(opened);
    EXPECT_TRUE(opened.error().what.starts_with("--output: ")) << opened.error().what;
    return folder_.count();
  };
  EXPECT_EQ(left_by({"missing/a.png"}), 0);
  EXPECT_EQ(left_by({"a.png", "missing/b.npy"}), 0);
  EXPECT_EQ(left_by({"a.png", "missing/b.pgm"}), 0);
}

TEST_F(JobSpecTest, SaysHowToGoOnOrWhyNot) {
  const Options plain = options({"a.png"});
  const auto spec = job_spec_of(plain);
  ASSERT_TRUE(spec);
  EXPECT_EQ(how_to_go_on(*spec, plain, true),
            fmt::format("go on with: mandel-master --resume {}", spec->journal_path));
  Options with_hosts = plain;
  with_hosts.hosts.fixed.push_back({"desk1"});
  EXPECT_TRUE(how_to_go_on(*spec, with_hosts, true).ends_with(" [the same --hosts]"));
  const Options none = options({});
  EXPECT_NE(how_to_go_on(*job_spec_of(none), none, false).find("no --output"), std::string::npos);
  Options no_journal = plain;
  no_journal.keeps_journal = false;
  EXPECT_NE(how_to_go_on(*job_spec_of(no_journal), no_journal, false).find("no journal"),
            std::string::npos);
}

}  // namespace
}  // namespace mandel
