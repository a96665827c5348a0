// A journal as a disk, or anybody, may have left it. Checksums would stop a fuzzer at the door, so
// each input is read twice: as it is, and taken apart into payloads that get sound prefixes.
#include <cstdint>
#include <span>
#include <string>

#include "common/base/crc32c.h"
#include "master/results/journal.h"

namespace {

using namespace mandel;

void check(std::span<const std::byte> bytes) {
  const auto contents = read_journal(bytes);
  if (!contents) return;
  MANDEL_ASSERT(contents->sound_bytes <= bytes.size());
  MANDEL_ASSERT(!contents->damaged_at || *contents->damaged_at == contents->sound_bytes);
  for (const auto& [chunk, print] : contents->done)
    MANDEL_ASSERT(chunk < contents->header.chunks_known());
  // What is left after cutting off says the same, and has nothing to complain of.
  const auto again = read_journal(bytes.first(contents->sound_bytes));
  MANDEL_ASSERT(again && again->header == contents->header && again->done == contents->done);
  MANDEL_ASSERT(!again->damaged_at && again->sound_bytes == contents->sound_bytes);
}

void append_u32(std::string& bytes, std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>((value >> shift) & 0xff);
}

// Payloads, each behind one byte that is its length, as records.
std::string mended(std::span<const std::uint8_t> data) {
  std::string journal;
  while (!data.empty()) {
    const std::size_t length = std::min<std::size_t>(data[0], data.size() - 1);
    const auto payload = data.subspan(1, length);
    std::string record;
    append_u32(record, static_cast<std::uint32_t>(length));
    append_u32(record, crc32c(std::as_bytes(payload), crc32c(std::as_bytes(std::span(record)))));
    journal.append(record).append(payload.begin(), payload.end());
    data = data.subspan(1 + length);
  }
  return journal;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check(std::as_bytes(std::span(data, size)));
  const std::string journal = mended({data, size});
  check(std::as_bytes(std::span(journal)));
  return 0;
}
