// A journal that was cut off or damaged at any byte never gives a chunk that was not written.
#include "master/results/journal.h"

#include <gtest/gtest.h>

#include "common/base/crc32c.h"
#include "master/results/journal_format.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

constexpr std::uint32_t kChunks = 10;

JournalHeader header() {
  return {.job_id = 77,
          .job = {View{-0.7, 0.1, 1e-3, 2e-3, 64, 48}, 500},
          .chunks = kChunks,
          .outputs = {"/a.png", "/b.npy"},
          .colours = "fire",
          .store = {"/b.npy.part", PlainFormat::kNpy, "/b.npy"},
          .counts_sha256 = std::string(64, '5')};
}

Fingerprint print_of(ChunkId chunk) { return {chunk * 3u, chunk * 5u, chunk * 7u + 1}; }

std::string header_record(JournalHeader of = header()) {
  journal::JournalRecord record;
  *record.mutable_header() = message_of(of);
  return encode_record(record).value();
}

// The first of a journal has the header once more.
std::string done_record(ChunkId chunk, bool is_first = false) {
  journal::JournalRecord record;
  journal::Done& done = *record.mutable_done();
  done.set_chunk(chunk);
  done.set_sum(print_of(chunk).sum);
  done.set_hash_low(print_of(chunk).hash_low);
  done.set_hash_high(print_of(chunk).hash_high);
  if (is_first) *done.mutable_header() = message_of(header());
  return encode_record(record).value();
}

std::string revoked_record(ChunkId chunk) {
  journal::JournalRecord record;
  record.mutable_revoked()->set_chunk(chunk);
  return encode_record(record).value();
}

// Of a job that begins with 8 chunks.
JournalHeader opened_header() {
  JournalHeader of = header();
  of.opening = {10, 2, 3, 4};
  of.chunks = 0;
  return of;
}

std::string rest_cut_record(std::uint32_t chunks) {
  journal::JournalRecord record;
  record.mutable_rest_cut()->set_chunks(chunks);
  return encode_record(record).value();
}

Result<JournalContents> read(const std::string& bytes) {
  return read_journal(std::as_bytes(std::span(bytes)));
}

std::vector<ChunkId> chunks_of(const JournalContents& contents) {
  std::vector<ChunkId> chunks;
  for (const auto& [chunk, print] : contents.done) chunks.push_back(chunk);
  return chunks;
}

TEST(JournalReader, GivesBackWhatWasWritten) {
  const auto contents = read(header_record() + done_record(3) + done_record(0) + done_record(9));
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->header, header());
  EXPECT_EQ(chunks_of(*contents), (std::vector<ChunkId>{0, 3, 9}));
  for (const auto& [chunk, print] : contents->done) EXPECT_EQ(print, print_of(chunk));
  EXPECT_FALSE(contents->damaged_at);
}

TEST(JournalReader, TheLastWordOnAChunkCounts) {
  const std::string revoked = header_record() + done_record(3) + done_record(4) + revoked_record(3);
  EXPECT_EQ(chunks_of(*read(revoked)), (std::vector<ChunkId>{4}));
  EXPECT_EQ(chunks_of(*read(revoked + done_record(3))), (std::vector<ChunkId>{3, 4}));
}

TEST(JournalReader, AnOpeningComesFirstAndTheRestIsCutLater) {
  const std::string begun = header_record(opened_header()) + done_record(7);
  EXPECT_EQ(read(begun)->header, opened_header());
  EXPECT_EQ(chunks_of(*read(begun)), std::vector<ChunkId>{7});
  EXPECT_TRUE(read(begun + done_record(8))->damaged_at) << "of the rest, which nobody has cut";
  const auto cut = read(begun + rest_cut_record(5) + done_record(12));
  EXPECT_EQ(cut->header.chunks, 5u);
  EXPECT_EQ(chunks_of(*cut), (std::vector<ChunkId>{7, 12}));
  EXPECT_TRUE(read(begun + rest_cut_record(5) + done_record(13))->damaged_at);
  EXPECT_TRUE(read(begun + rest_cut_record(5) + rest_cut_record(6))->damaged_at) << "twice";
  EXPECT_TRUE(read(begun + rest_cut_record(0))->damaged_at);
  EXPECT_TRUE(read(begun + rest_cut_record(kSideMax + 1))->damaged_at);
  EXPECT_TRUE(read(header_record() + rest_cut_record(5))->damaged_at) << "there is no rest";
}

TEST(JournalReader, ATornTailIsCutOffWithoutAWordWhereverItIsTorn) {
  const std::string sound = header_record() + done_record(1) + done_record(2);
  const std::string whole = sound + done_record(3);
  for (std::size_t bytes = sound.size(); bytes < whole.size(); ++bytes) {
    const auto contents = read(whole.substr(0, bytes));
    ASSERT_TRUE(contents) << bytes;
    EXPECT_EQ(chunks_of(*contents), (std::vector<ChunkId>{1, 2})) << bytes;
    EXPECT_EQ(contents->sound_bytes, sound.size()) << bytes;
    EXPECT_FALSE(contents->damaged_at) << bytes;
  }
}

TEST(JournalReader, ATailOfZerosIsNoRecords) {
  const std::string sound = header_record() + done_record(1);
  const auto contents = read(sound + std::string(4096, '\0'));
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->sound_bytes, sound.size());
  EXPECT_FALSE(contents->damaged_at);
}

TEST(JournalReader, DamageInTheMiddleIsToldAndWhatFollowsIsNotUsed) {
  const std::string before = header_record() + done_record(1);
  const std::string broken = done_record(2);
  for (std::size_t k = 0; k < broken.size(); ++k) {
    std::string flipped = broken;
    flipped[k] = static_cast<char>(flipped[k] ^ 0x10);
    const auto contents = read(before + flipped + done_record(3));
    ASSERT_TRUE(contents) << k;
    EXPECT_EQ(chunks_of(*contents), (std::vector<ChunkId>{1})) << k;
    EXPECT_EQ(contents->damaged_at, before.size()) << k;
    EXPECT_EQ(contents->sound_bytes, before.size()) << k;
  }
}

TEST(JournalReader, BytesThatWereLostAreDamageToo) {
  const std::string before = header_record() + done_record(1);
  const auto contents = read(before + done_record(2).substr(5) + done_record(3));
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->damaged_at, before.size());
  EXPECT_EQ(chunks_of(*contents), (std::vector<ChunkId>{1}));
}

TEST(JournalReader, AWholeRecordThatMakesNoSenseIsDamageEvenAtTheEnd) {
  const std::string before = header_record() + done_record(1);
  for (const std::string& odd :
       {done_record(kChunks), revoked_record(kChunks), done_record(UINT32_MAX), header_record()}) {
    const auto contents = read(before + odd);
    ASSERT_TRUE(contents);
    EXPECT_EQ(contents->damaged_at, before.size());
    EXPECT_EQ(chunks_of(*contents), (std::vector<ChunkId>{1}));
  }
}

TEST(JournalReader, CutAtAnyByteItGivesNoChunkThatIsNotBeforeTheCut) {
  const std::string whole = header_record() + done_record(5) + revoked_record(5) + done_record(6);
  for (std::size_t bytes = 0; bytes <= whole.size(); ++bytes) {
    const auto contents = read(whole.substr(0, bytes));
    if (bytes < header_record().size()) {
      EXPECT_FALSE(contents) << bytes;
      continue;
    }
    ASSERT_TRUE(contents) << bytes;
    EXPECT_LE(contents->sound_bytes, bytes);
    EXPECT_FALSE(contents->damaged_at) << bytes;
    for (const auto& [chunk, print] : contents->done) EXPECT_EQ(print, print_of(chunk)) << bytes;
  }
}

TEST(JournalReader, WithAnyByteOtherItNeverGivesAWrongChunk) {
  const std::string whole = header_record() + done_record(5) + done_record(6) + done_record(7);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int flip = 1; flip < 256; ++flip) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ flip);
      const auto contents = read(bytes);
      if (at < header_record().size()) {
        ASSERT_FALSE(contents) << at << ' ' << flip;
        continue;
      }
      ASSERT_TRUE(contents) << at << ' ' << flip;
      ASSERT_EQ(contents->header, header());
      ASSERT_LT(contents->done.size(), 3u) << at << ' ' << flip;
      for (const auto& [chunk, print] : contents->done) ASSERT_EQ(print, print_of(chunk)) << at;
    }
  }
}

TEST(JournalReader, ALengthThatPretendsGigabytesTakesNoMemory) {
  const std::string huge = "\xff\xff\xff\xff 1234";
  EXPECT_FALSE(read(huge + std::string(100, 'x')));
  const std::string sound = header_record();
  const auto contents = read(sound + huge + done_record(1));
  ASSERT_TRUE(contents);
  EXPECT_EQ(contents->damaged_at, sound.size());
}

TEST(JournalReader, WithoutAHeaderItSaysWhatToDo) {
  for (const std::string& bytes :
       {std::string(), std::string("my notes"), done_record(1), done_record(1) + header_record()}) {
    const auto contents = read(bytes);
    ASSERT_FALSE(contents);
    EXPECT_NE(contents.error().what.find("To begin anew, move it away"), std::string::npos);
  }
}

TEST(JournalReader, OfAnotherFormatIsLeftToItsOwnRelease) {
  journal::JournalRecord record;
  *record.mutable_header() = message_of(header());
  record.mutable_header()->set_version(kJournalVersion + 1);
  const auto contents = read(encode_record(record).value());
  ASSERT_FALSE(contents);
  EXPECT_NE(contents.error().what.find("format 2"), std::string::npos) << contents.error().what;
  EXPECT_NE(contents.error().what.find("release that began"), std::string::npos);
}

TEST(JournalReader, AHeaderIsCheckedLikeACommandLine) {
  const auto refused = [](auto change) {
    journal::JournalRecord record;
    *record.mutable_header() = message_of(header());
    change(*record.mutable_header());
    return !read(encode_record(record).value());
  };
  EXPECT_FALSE(refused([](journal::Header&) {}));
  EXPECT_TRUE(refused([](auto& h) { h.mutable_job()->set_job(0); }));
  EXPECT_TRUE(refused([](auto& h) { h.mutable_job()->clear_grid(); }));
  EXPECT_TRUE(refused([](auto& h) { h.mutable_job()->mutable_view()->set_rows(0); }));
  EXPECT_TRUE(refused([](auto& h) { h.set_chunks(0); }));
  EXPECT_TRUE(refused([](auto& h) { h.mutable_opening()->set_groups(2); }));
  EXPECT_TRUE(refused([](auto& h) {
    h.set_chunks(0);
    h.mutable_opening();
  }));
  EXPECT_TRUE(refused([](auto& h) {
    *h.mutable_opening() = message_of(opened_header()).opening();  // and chunks
  }));
  EXPECT_TRUE(refused([](auto& h) {
    h = message_of(opened_header());
    h.mutable_opening()->set_band_rows(UINT32_MAX);
  }));
  EXPECT_TRUE(refused([](auto& h) { h.set_chunks(kSideMax + 1); }));
  EXPECT_TRUE(refused([](auto& h) { h.clear_outputs(); }));
  EXPECT_TRUE(refused([](auto& h) { h.mutable_store()->clear_path(); }));
  EXPECT_TRUE(refused([](auto& h) { h.mutable_store()->clear_format(); }));
  EXPECT_TRUE(refused([](auto& h) { h.set_counts_sha256("5a"); }));
}

TEST(JournalFormat, IsAsTheHeaderOfTheFileSays) {
  const std::string record = revoked_record(2);
  // JournalRecord{revoked{chunk: 2}} in protobuf's encoding.
  const std::string payload("\x1a\x02\x08\x02", 4);
  ASSERT_EQ(record.substr(8), payload);
  EXPECT_EQ(record.substr(0, 4), std::string("\4\0\0\0", 4));
  const std::string covered = std::string("\4\0\0\0", 4) + payload;
  const std::uint32_t checksum = crc32c(std::as_bytes(std::span(covered)));
  for (int k = 0; k < 4; ++k)
    EXPECT_EQ(static_cast<std::uint8_t>(record[4 + k]), (checksum >> (8 * k)) & 0xff);
}

class JournalFile : public testing::Test {
 protected:
  const TempFolder folder_;
  const std::string path_ = folder_.path("a.png.journal");
};

TEST_F(JournalFile, GoesOnWhereItWasLeft) {
  {
    auto journal = Journal::create(path_, header());
    ASSERT_TRUE(journal);
    EXPECT_FALSE(journal->has_entries());
    EXPECT_TRUE(journal->done(1, print_of(1)));
    EXPECT_TRUE(journal->has_entries());
  }
  {
    auto resumed = Journal::resume(path_);
    ASSERT_TRUE(resumed);
    EXPECT_EQ(chunks_of(resumed->contents), (std::vector<ChunkId>{1}));
    EXPECT_TRUE(resumed->journal.done(2, print_of(2)));
    EXPECT_TRUE(resumed->journal.revoked(1));
  }
  EXPECT_EQ(bytes_of(path_),
            header_record() + done_record(1, true) + done_record(2) + revoked_record(1));
}

TEST_F(JournalFile, WithNothingButTheRestCutHasNothingToGoOnWith) {
  auto journal = Journal::create(path_, opened_header());
  ASSERT_TRUE(journal->cut_rest(5));
  EXPECT_FALSE(journal->has_entries());
  ASSERT_TRUE(journal->done(12, print_of(12)));
  EXPECT_TRUE(journal->has_entries());
  EXPECT_EQ(read(bytes_of(path_))->header.chunks, 5u);
}

TEST_F(JournalFile, ABrokenTailIsGoneBeforeMoreIsAppended) {
  write_bytes(path_, header_record() + done_record(1) + std::string(1000, 'x'));
  {
    auto resumed = Journal::resume(path_);
    ASSERT_TRUE(resumed && resumed->journal.done(2, print_of(2)));
  }
  EXPECT_EQ(bytes_of(path_), header_record() + done_record(1) + done_record(2));
}

TEST_F(JournalFile, IsOneMastersAtATime) {
  const auto running = Journal::create(path_, header());
  ASSERT_TRUE(running);
  for (const std::string& what :
       {Journal::resume(path_).error().what, Journal::create(path_, header()).error().what,
        check_unused(path_).error().what})
    EXPECT_NE(what.find("another mandel-master is at work"), std::string::npos) << what;
}

TEST_F(JournalFile, OfAnUnfinishedJobIsNotWrittenOver) {
  const std::string left = header_record() + done_record(1);
  write_bytes(path_, left);
  const auto created = Journal::create(path_, header());
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().what.find("--resume " + path_), std::string::npos);
  EXPECT_NE(created.error().what.find("remove it"), std::string::npos);
  EXPECT_FALSE(check_unused(path_));
  EXPECT_EQ(bytes_of(path_), left);
}

TEST_F(JournalFile, OfAnUnknownFormatIsNotWrittenOverEither) {
  journal::JournalRecord record;
  *record.mutable_header() = message_of(header());
  record.mutable_header()->set_version(kJournalVersion + 1);
  write_bytes(path_, encode_record(record).value());
  EXPECT_FALSE(Journal::create(path_, header()));
}

TEST_F(JournalFile, WithNothingInItMayBeWrittenOver) {
  for (const std::string& old : {std::string(), std::string(100, '\0'), header_record(),
                                 header_record() + done_record(1) + revoked_record(1)}) {
    write_bytes(path_, old);
    EXPECT_TRUE(check_unused(path_));
    EXPECT_TRUE(Journal::create(path_, header()));
    EXPECT_EQ(bytes_of(path_), header_record());
  }
}

TEST_F(JournalFile, WhatIsNoneIsNotWrittenOver) {
  for (const std::string& theirs : {std::string("notes"), header_record().substr(0, 20)}) {
    write_bytes(path_, theirs);
    EXPECT_FALSE(check_unused(path_));
    const auto created = Journal::create(path_, header());
    ASSERT_FALSE(created);
    EXPECT_NE(created.error().what.find("move it away"), std::string::npos);
    EXPECT_EQ(bytes_of(path_), theirs);
  }
}

TEST_F(JournalFile, WithAnyByteOfItsHeaderOtherIsMendedFromTheCopy) {
  const std::string sound = header_record() + done_record(1, true) + done_record(2);
  for (std::size_t at = 0; at < header_record().size(); ++at) {
    std::string broken = sound;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    write_bytes(path_, broken);
    EXPECT_FALSE(check_unused(path_)) << at;
    const auto resumed = Journal::resume(path_);
    ASSERT_TRUE(resumed) << at << resumed.error().what;
    EXPECT_EQ(resumed->contents.header, header());
    EXPECT_EQ(chunks_of(resumed->contents), (std::vector<ChunkId>{1, 2}));
    EXPECT_EQ(bytes_of(path_), sound) << at;
  }
}

TEST_F(JournalFile, NamesTooLongForARecordAreRefused) {
  JournalHeader long_names = header();
  long_names.outputs.assign(20, "/" + std::string(4000, 'x'));
  const auto created = Journal::create(path_, long_names);
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().what.find("--no-journal"), std::string::npos);
  EXPECT_EQ(folder_.count(), 0);
}

TEST_F(JournalFile, MissingIsSaid) {
  EXPECT_TRUE(check_unused(path_));
  const auto resumed = Journal::resume(path_);
  ASSERT_FALSE(resumed);
  EXPECT_NE(resumed.error().what.find(path_), std::string::npos);
}

}  // namespace
}  // namespace mandel
