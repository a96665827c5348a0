// See journal_format.h.
#include "master/results/journal_format.h"

#include <array>
#include <fmt/format.h>

#include "common/base/crc32c.h"
#include "common/base/little_endian.h"
#include "common/base/sha256.h"
#include "common/wire/wire.h"

namespace mandel {
namespace {

constexpr std::size_t kLengthBytes = 4;

std::optional<PlainFormat> format_of(journal::StoreFormat format) {
  if (format == journal::NPY) return PlainFormat::kNpy;
  if (format == journal::RAW) return PlainFormat::kRaw;
  return std::nullopt;
}

journal::Opening message_of(const Opening& opening) {
  journal::Opening message;
  message.set_first_row(opening.first_row);
  message.set_groups(opening.groups);
  message.set_bands(opening.bands);
  message.set_band_rows(opening.band_rows);
  return message;
}

// Nothing if no picture can have it.
std::optional<Opening> opening_of(const journal::Header& header) {
  if (!header.has_opening()) return Opening{};
  const journal::Opening& message = header.opening();
  const Opening opening{message.first_row(), message.groups(), message.bands(),
                        message.band_rows()};
  const bool is_sound = opening.groups > 0 && Chunking::is_possible(kSideMax, opening, 0);
  return is_sound ? std::optional(opening) : std::nullopt;
}

}  // namespace

std::optional<std::string> encode_record(const journal::JournalRecord& record) {
  std::string payload;
  MANDEL_ASSERT(record.SerializeToString(&payload));
  if (payload.size() > kJournalRecordMax) return std::nullopt;
  std::string bytes;
  append_little_endian(bytes, static_cast<std::uint32_t>(payload.size()));
  const std::uint32_t length_sum = crc32c(std::as_bytes(std::span(bytes)));
  append_little_endian(bytes, crc32c(std::as_bytes(std::span(payload)), length_sum));
  return bytes + payload;
}

std::optional<std::span<const std::byte>> payload_at(std::span<const std::byte> bytes,
                                                     std::size_t length_max) {
  if (bytes.size() < kRecordPrefix) return std::nullopt;
  const std::uint32_t length = little_endian<std::uint32_t>(bytes);
  if (length == 0 || length > length_max || length > bytes.size() - kRecordPrefix)
    return std::nullopt;
  const auto payload = bytes.subspan(kRecordPrefix, length);
  const std::uint32_t checksum = crc32c(payload, crc32c(bytes.first(kLengthBytes)));
  if (checksum != little_endian<std::uint32_t>(bytes.subspan(kLengthBytes))) return std::nullopt;
  return payload;
}

journal::Header message_of(const JournalHeader& header) {
  journal::Header message;
  message.set_version(kJournalVersion);
  *message.mutable_job() = open_job(header.job_id, header.job);
  message.set_chunks(header.opening.groups > 0 ? 0 : header.chunks);
  if (header.opening.groups > 0) *message.mutable_opening() = message_of(header.opening);
  for (const std::string& output : header.outputs) message.add_outputs(output);
  message.set_colours(header.colours);
  journal::Store& store = *message.mutable_store();
  store.set_path(header.store.path);
  store.set_format(header.store.format == PlainFormat::kNpy ? journal::NPY : journal::RAW);
  store.set_becomes(header.store.becomes);
  message.set_counts_sha256(header.counts_sha256);
  return message;
}

Result<JournalHeader> header_of(const journal::Header& message) {
  if (message.version() != kJournalVersion)
    return fail(
        fmt::format("is of format {}, and this mandel-master knows format {} only: go on "
                    "with the release that began the job",
                    message.version(), kJournalVersion));
  const auto job = job_of(message.job());
  if (!job) return fail("names a job that can't be: " + job.error().what);
  const auto format = format_of(message.store().format());
  const auto opening = opening_of(message);
  if (message.job().job() == 0 || !opening || (message.chunks() == 0) != message.has_opening() ||
      message.chunks() > kSideMax || message.outputs().empty() || message.store().path().empty() ||
      !format || !(message.counts_sha256().empty() || is_sha256(message.counts_sha256())))
    return fail("does not say all that belongs to a job");
  return JournalHeader{message.job().job(),
                       *job,
                       *opening,
                       message.chunks(),
                       {message.outputs().begin(), message.outputs().end()},
                       message.colours(),
                       {message.store().path(), *format, message.store().becomes()},
                       message.counts_sha256()};
}

}  // namespace mandel
