// Writes where the fuzzers begin: one sound input of every kind, in DIR/TARGET/, made by the same
// code that makes them in earnest, so that they follow the formats by themselves.
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <numeric>

#include "common/wire/codec.h"
#include "common/wire/wire.h"
#include "master/colours/palette.h"
#include "master/lines/chunk_line.h"
#include "master/places/write_location.h"
#include "master/recipe/recipe.h"
#include "master/results/journal_format.h"

namespace {

using namespace mandel;
namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& bytes) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

wire::Envelope welcome() {
  wire::Envelope envelope;
  wire::Welcome& message = *envelope.mutable_welcome();
  message.set_protocol(kProtocolMax);
  message.set_host("desk1");
  message.set_chunks_max(4);
  message.add_lanes()->set_kernel("simd-full");
  return envelope;
}

wire::Envelope result(std::span<const std::uint32_t> counts,
                      wire::Encoding encoding = wire::RAW_U32) {
  wire::Envelope envelope;
  wire::Result& message = *envelope.mutable_result();
  const Fingerprint print = fingerprint(counts);
  message.set_job(1);
  message.set_attempt(1);
  message.set_sum(print.sum);
  message.set_hash_low(print.hash_low);
  message.set_hash_high(print.hash_high);
  message.set_encoding(encoding);
  return envelope;
}

void frames(const fs::path& folder) {
  wire::Envelope hello, tutorial, view, deep, task, failure, beat, batch;
  hello.mutable_hello()->set_protocol_max(kProtocolMax);
  hello.mutable_hello()->add_encodings(wire::PLANES_LZ4);
  *tutorial.mutable_open_job() = open_job(1, {TutorialGrid{1000}, 1000});
  *view.mutable_open_job() = open_job(1, {View{-0.7, 0.1, 1e-6, 1e-6, 640, 480}, 5000});
  *deep.mutable_open_job() =
      open_job(1, {DeepView{"-1.25", "1e-30", "7.5e-33", "7.5e-33", 64, 48}, 5000});
  task.mutable_task()->set_rows(16);
  failure.mutable_failure()->set_reason("no memory");
  beat.mutable_beat()->add_tasks()->set_ticks(7);
  *batch.mutable_batch()->add_messages() = task;
  *batch.mutable_batch()->add_messages() = result({});
  batch.mutable_batch()->add_body_bytes(0);
  write(folder / "hello", '\0' + encode(hello));
  write(folder / "welcome", '\0' + encode(welcome()));
  write(folder / "tutorial", '\0' + encode(tutorial));
  write(folder / "view", '\0' + encode(view));
  write(folder / "deep", '\0' + encode(deep));
  write(folder / "task", '\0' + encode(task));
  write(folder / "failure", '\0' + encode(failure));
  write(folder / "beat", '\0' + encode(beat));
  write(folder / "batch", '\1' + encode(batch));
  write(folder / "result", '\1' + encode(result({})));
}

std::string compressed(std::span<const std::uint32_t> counts) {
  const auto bytes = encode_counts(counts).value();
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void bodies(const fs::path& folder) {
  std::vector<std::uint32_t> counts(12);
  std::iota(counts.begin(), counts.end(), 0u);
  const std::string head = encode(result(counts));
  const std::string body(reinterpret_cast<const char*>(counts.data()), counts.size() * 4);
  write(folder / "raw", static_cast<char>(head.size()) + head + body);
  const std::string lz4_head = encode(result(counts, wire::PLANES_LZ4));
  write(folder / "lz4", static_cast<char>(lz4_head.size()) + lz4_head + compressed(counts));
}

// One of every width.
void codec(const fs::path& folder) {
  for (const int width : {1, 2, 3, 4}) {
    std::vector<std::uint32_t> counts(200, 1u << (8 * width - 1));
    std::iota(counts.begin() + 100, counts.end(), 0u);
    write(folder / std::to_string(width),
          std::string{static_cast<char>(counts.size()), '\0'} + compressed(counts));
  }
}

// As journal_reader.cpp takes it: payloads behind a byte each; and as files are.
void journal_of(const fs::path& folder, const JournalHeader& header) {
  std::vector<journal::JournalRecord> records(4);
  *records[0].mutable_header() = message_of(header);
  records[1].mutable_done()->set_chunk(3);
  records[1].mutable_done()->set_hash_low(7);
  records[2].mutable_revoked()->set_chunk(3);
  records[3].mutable_rest_cut()->set_chunks(5);
  if (header.opening.groups == 0) records.pop_back();
  std::string file, payloads;
  for (const auto& record : records) {
    file += encode_record(record).value();
    const std::string payload = record.SerializeAsString();
    payloads += static_cast<char>(payload.size()) + payload;
  }
  write(folder / "file", file);
  write(folder / "payloads", payloads);
}

void journals(const fs::path& folder) {
  JournalHeader header{.job_id = 1,
                       .job = {TutorialGrid{100}, 50},
                       .chunks = 10,
                       .outputs = {"/a.png"},
                       .colours = "ultra",
                       .store = {"/a.png.counts.part", PlainFormat::kRaw, ""}};
  journal_of(folder, header);
  header.opening = {10, 2, 3, 4};
  journal_of(folder / "opened", header);
}

void locations(const fs::path& folder) {
  const Location place{{true, "14798157", -7}, {false, "63", -5}, {false, "5", 113}, 200'000};
  write(folder / "kfr", location_text(LocationFormat::kKfr, place));
  write(folder / "fraktaler", location_text(LocationFormat::kFraktaler, place));
  write(folder / "rust-fractal", "real = \"-1.4\"\nimag = \"0\"\nzoom = \"5E113\"\n");
  write(folder / "deepdrill", "[location]\nreal = -1.4\nimag = 0\nzoom = 5e113\ndepth = 9\n");
}

void palettes(const fs::path& folder) {
  write(folder / "gimp", "GIMP Palette\nName: x\nColumns: 2\n#\n  0   7 100\tblue\n255 170 0\n");
  write(folder / "fractint", "0 7 100 blue\n255 170 0\n");
  write(folder / "list", text_of({{0, 7, 100}, {255, 170, 0}}));
  write(folder / "lines", "#000764\r\nffaa00\r\n");
}

void recipes(const fs::path& folder) {
  const std::string digest(64, '0');
  const auto of = [&](const char* name, Grid grid) {
    const Job job{std::move(grid), 1000};
    write(folder / name, text_of(Recipe{"mandel 0.2.0", job, {.supersample = 1}, 7, digest}));
    const ResultLine line{{job, 4, 1, {5, 5}},       {7, 1, 2}, 0.5, "desk1", "scalar",
                          CountsText{true, "\1\2\3"}};
    write(folder / fmt::format("{}-line", name), text_of(line));
  };
  of("tutorial", TutorialGrid{1000});
  of("view", View{-0.7453, 0.1127, 6.5e-7, 6.5e-7, 1000, 1000});
  of("deep", DeepView{"-0.7453", "0.1127", "1e-40", "1e-40", 30, 20});
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return EXIT_FAILURE;
  const fs::path folder = argv[1];
  frames(folder / "frame_decoder");
  bodies(folder / "counts_body");
  codec(folder / "counts_codec");
  journals(folder / "journal_reader");
  locations(folder / "location_reader");
  palettes(folder / "palette_reader");
  recipes(folder / "recipe_reader");
}
