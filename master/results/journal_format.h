// A journal's records as bytes and as values. Apart from journal.h so that what comes from a disk,
// and may be anything, is read by functions without a file.
//
//     journal = record ...
//     record  = length   u32, little-endian: of the payload, 1 to 65536
//               checksum u32, little-endian: CRC-32C of the length's four bytes and the payload
//               payload  a JournalRecord of proto/journal.proto
//
// The checksum covers the length as well. With a wrong length the reader would look for the
// payload's end, and for all records behind it, in the wrong place; and a file's tail of zeros,
// which is what some file systems leave after a power cut, would be made of sound empty records.
//
// Downside: records are not aligned to blocks, so after damage no reader can find its place for
// certain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "common/base/error.h"
#include "journal.pb.h"
#include "master/results/journal_header.h"

namespace mandel {

inline constexpr std::uint32_t kJournalVersion = 1;
// No record is longer: bounds what a broken length can make us take.
inline constexpr std::uint32_t kJournalRecordMax = 64 * 1024;

// Length, checksum, payload. Nothing if the payload is too long.
std::optional<std::string> encode_record(const journal::JournalRecord& record);

// The payload of the record at the beginning of `bytes`; nothing if there is no sound one, or if it
// is longer than `length_max`.
std::optional<std::span<const std::byte>> payload_at(std::span<const std::byte> bytes,
                                                     std::size_t length_max = kJournalRecordMax);

// What stands before a payload.
inline constexpr std::size_t kRecordPrefix = 8;

journal::Header message_of(const JournalHeader& header);

// Checked against every bound that needs no look at the picture's rows.
Result<JournalHeader> header_of(const journal::Header& message);

}  // namespace mandel
