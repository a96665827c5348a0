// A journal's records as bytes and as values; their form is described in journal.h. Apart from it
// so that what comes from a disk, and may be anything, is read by functions without a file.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>

#include "journal.pb.h"
#include "master/results/journal.h"

namespace mandel {

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
