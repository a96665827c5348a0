// See journal.h.
#include "master/results/journal.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include "common/base/text.h"
#include "master/results/journal_format.h"

namespace mandel {
namespace {

// All records but the header are shorter. Looking for one at every byte costs no more than this
// many bytes each, whatever lengths the rubbish there pretends.
constexpr std::size_t kEntryMax = 64;

// No job writes more: a million chunks, done, revoked and done again, make 100 MB.
constexpr std::uint64_t kJournalBytesMax = std::uint64_t{1} << 30;

constexpr const char* kNoHeader =
    "is no journal, or one whose header is broken: there is nothing to go on with. To begin anew, "
    "move it away";

std::optional<journal::JournalRecord> record_in(std::span<const std::byte> payload) {
  journal::JournalRecord record;
  if (!record.ParseFromArray(payload.data(), static_cast<int>(payload.size()))) return std::nullopt;
  return record;
}

std::optional<std::string> header_record(const journal::Header& header) {
  journal::JournalRecord record;
  *record.mutable_header() = header;
  return encode_record(record);
}

std::optional<journal::Header> first_record(std::span<const std::byte> bytes) {
  const auto payload = payload_at(bytes);
  const auto record = payload ? record_in(*payload) : std::nullopt;
  if (!record || !record->has_header()) return std::nullopt;
  return record->header();
}

// The header, and where the records after it begin.
struct Beginning {
  journal::Header header;
  std::size_t end = 0;
  bool is_mended = false;
};

// By the copy in the first chunk's record. That follows a header of the same length, or else the
// header can't be written again in its place.
std::optional<Beginning> beginning_by_copy(std::span<const std::byte> bytes) {
  const std::size_t from = std::min<std::size_t>(bytes.size(), kRecordPrefix + 1);
  const std::size_t to = std::min<std::size_t>(bytes.size(), kRecordPrefix + kJournalRecordMax + 1);
  for (std::size_t at = from; at < to; ++at) {
    const auto payload = payload_at(bytes.subspan(at));
    if (!payload) continue;
    const auto record = record_in(*payload);
    if (!record || !record->done().has_header()) return std::nullopt;
    journal::JournalRecord first;
    *first.mutable_header() = record->done().header();
    const auto whole = encode_record(first);
    if (!whole || whole->size() != at) return std::nullopt;
    return Beginning{record->done().header(), at, true};
  }
  return std::nullopt;
}

std::optional<Beginning> beginning_of(std::span<const std::byte> bytes) {
  if (const auto header = first_record(bytes))
    return Beginning{*header, kRecordPrefix + payload_at(bytes)->size(), false};
  return beginning_by_copy(bytes);
}

// False if the record makes no sense here.
bool apply(std::span<const std::byte> payload, JournalContents& contents) {
  const auto record = record_in(payload);
  if (!record) return false;
  JournalHeader& header = contents.header;
  if (record->has_rest_cut()) {
    const std::uint32_t chunks = record->rest_cut().chunks();
    if (header.chunks != 0 || chunks < 1 || chunks > kSideMax) return false;
    header.chunks = chunks;
    if (record->rest_cut().job() != 0) header.job_id = record->rest_cut().job();
    return true;
  }
  if (record->has_done()) {
    const journal::Done& done = record->done();
    if (done.chunk() >= header.chunks_known()) return false;
    contents.done[done.chunk()] = {done.sum(), done.hash_low(), done.hash_high()};
    return true;
  }
  if (!record->has_revoked() || record->revoked().chunk() >= header.chunks_known()) return false;
  contents.done.erase(record->revoked().chunk());
  return true;
}

bool has_sound_record(std::span<const std::byte> bytes) {
  for (; !bytes.empty(); bytes = bytes.subspan(1))
    if (payload_at(bytes, kEntryMax)) return true;
  return false;
}

Result<std::vector<std::byte>> bytes_of(const LockedFile& file) {
  const std::uint64_t size = file.size();
  if (size > kJournalBytesMax)
    return fail(fmt::format("{} is too large for a journal", file.path()));
  std::vector<std::byte> bytes(size);
  if (auto read = file.read(0, bytes); !read) return tl::unexpected(read.error());
  return bytes;
}

Result<void> check_unused(const LockedFile& file) {
  const auto bytes = bytes_of(file);
  if (!bytes) return tl::unexpected(bytes.error());
  // What a crash leaves of a file that had just been made.
  if (std::ranges::all_of(*bytes, [](std::byte byte) { return byte == std::byte{0}; })) return {};
  if (!beginning_of(*bytes)) return fail(fmt::format("{} {}", file.path(), kNoHeader));
  if (const auto contents = read_journal(*bytes); contents && contents->done.empty()) return {};
  return fail(
      fmt::format("{} is left from a job that was not finished: go on with that by --resume {}, or "
                  "remove it to begin anew",
                  file.path(), shell_word(file.path())));
}

}  // namespace

Result<JournalContents> read_journal(std::span<const std::byte> bytes) {
  const auto beginning = beginning_of(bytes);
  if (!beginning) return fail(kNoHeader);
  auto header = header_of(beginning->header);
  if (!header) return tl::unexpected(header.error());
  JournalContents contents{
      .header = *std::move(header), .done = {}, .damaged_at = {}, .mended_header = {}};
  if (beginning->is_mended) contents.mended_header = header_record(beginning->header);
  std::size_t at = beginning->end;
  while (at < bytes.size()) {
    const auto payload = payload_at(bytes.subspan(at));
    if (!payload || !apply(*payload, contents)) {
      // What is whole and makes no sense was not torn, either.
      if (payload || has_sound_record(bytes.subspan(at))) contents.damaged_at = at;
      break;
    }
    at += kRecordPrefix + payload->size();
  }
  contents.sound_bytes = at;
  return contents;
}

Journal::Journal(LockedFile file, std::uint64_t end, bool has_entries)
    : file_(std::move(file)), end_(end), has_entries_(has_entries) {}
Journal::Journal(Journal&&) noexcept = default;
Journal& Journal::operator=(Journal&&) noexcept = default;
Journal::~Journal() = default;

Result<Journal> Journal::create(const std::string& path, const JournalHeader& header) {
  auto file = LockedFile::open(path, LockedFile::Missing::kCreate);
  if (!file) return tl::unexpected(file.error());
  if (auto unused = check_unused(*file); !unused) return tl::unexpected(unused.error());
  const auto message = message_of(header);
  const auto bytes = header_record(message);
  if (!bytes) {
    if (file->is_new()) file->remove();
    return fail(
        fmt::format("the names of all outputs are too long for {}: use fewer, or "
                    "--no-journal",
                    path));
  }
  if (auto emptied = file->resize(0); !emptied) return tl::unexpected(emptied.error());
  Journal journal(*std::move(file), 0, false);
  journal.header_ = std::make_unique<journal::Header>(message);
  auto begun = journal.append(*bytes);
  if (begun) return journal;
  journal.remove();
  return tl::unexpected(begun.error());
}

Result<Journal::Resumed> Journal::resume(const std::string& path) {
  auto file = LockedFile::open(path, LockedFile::Missing::kFail);
  if (!file) return tl::unexpected(file.error());
  const auto bytes = bytes_of(*file);
  if (!bytes) return tl::unexpected(bytes.error());
  auto contents = read_journal(*bytes);
  if (!contents) return fail(fmt::format("{} {}", path, contents.error().what));
  if (auto cut = file->resize(contents->sound_bytes); !cut) return tl::unexpected(cut.error());
  if (const auto& header = contents->mended_header)
    if (auto mended = file->write(0, std::as_bytes(std::span(*header))); !mended)
      return tl::unexpected(mended.error());
  return Resumed{Journal(*std::move(file), contents->sound_bytes, true), *std::move(contents)};
}

Result<void> Journal::done(ChunkId chunk, const Fingerprint& print) {
  journal::JournalRecord record;
  journal::Done& done = *record.mutable_done();
  done.set_chunk(chunk);
  done.set_sum(print.sum);
  done.set_hash_low(print.hash_low);
  done.set_hash_high(print.hash_high);
  std::optional<std::string> bytes;
  if (header_) {
    *done.mutable_header() = *std::exchange(header_, nullptr);
    bytes = encode_record(record);
    done.clear_header();
  }
  if (!bytes) bytes = encode_record(record);
  auto written = append(bytes.value());
  has_entries_ |= written.has_value();
  return written;
}

Result<void> Journal::revoked(ChunkId chunk) {
  journal::JournalRecord record;
  record.mutable_revoked()->set_chunk(chunk);
  return append(encode_record(record).value());
}

Result<void> Journal::cut_rest(std::uint32_t chunks, std::uint64_t job_id) {
  journal::JournalRecord record;
  record.mutable_rest_cut()->set_chunks(chunks);
  record.mutable_rest_cut()->set_job(job_id);
  return append(encode_record(record).value());
}

Result<void> Journal::append(const std::string& record) {
  if (auto written = file_.write(end_, std::as_bytes(std::span(record))); !written) return written;
  end_ += record.size();
  return {};
}

Result<void> check_unused(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(std::filesystem::symlink_status(path, ignored))) return {};
  const auto file = LockedFile::open(path, LockedFile::Missing::kFail);
  if (!file) return tl::unexpected(file.error());
  return check_unused(*file);
}

}  // namespace mandel
