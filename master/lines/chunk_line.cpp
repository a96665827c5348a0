// See chunk_line.h.
#include "master/lines/chunk_line.h"

#include <charconv>
#include <cmath>
#include <fmt/format.h>

#include "common/base/base64.h"
#include "common/base/text.h"
#include "master/recipe/job_json.h"

namespace mandel {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kNestingMax = 4;
constexpr int kValuesMax = 256;
constexpr std::size_t kHashDigits = 32;
// Counts by the way that they are written.
constexpr const char* kCompressed = "planes_lz4";
constexpr const char* kPlain = "raw_u32";

// What comes before the first tab is a key, unless the line begins at once.
std::string_view without_key(std::string_view line) {
  const std::size_t tab = line.find('\t');
  return line.starts_with('{') || tab == line.npos ? line : line.substr(tab + 1);
}

// A line of brackets would take many times its size as values.
Json parse(std::string_view line) {
  int values = 0;
  const auto is_bounded = [&values](int depth, Json::parse_event_t, const Json&) {
    if (depth > kNestingMax || ++values > kValuesMax)
      throw std::invalid_argument("has more in it than a chunk has");
    return true;
  };
  const std::string_view text = without_key(line);
  return Json::parse(text.begin(), text.end(), is_bounded);
}

Json json_of(const ChunkLine& chunk) {
  Json json = mandel::json_of(chunk.job);
  json.update({{"chunks", chunk.chunks},
               {"chunk", chunk.chunk},
               {"first_row", chunk.band.first_row},
               {"rows", chunk.band.rows}});
  return json;
}

ChunkLine chunk_of(const Json& json) {
  return {.job = job_of(json),
          .chunks = whole<std::uint32_t>(json, "chunks"),
          .chunk = whole<std::uint32_t>(json, "chunk"),
          .band = {whole<std::uint32_t>(json, "first_row"), whole<std::uint32_t>(json, "rows")}};
}

std::string text_of_hash(const Fingerprint& print) {
  return fmt::format("{:016x}{:016x}", print.hash_high, print.hash_low);
}

std::uint64_t hexadecimal(const std::string& digits) {
  std::uint64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [at, error] = std::from_chars(digits.data(), end, value, 16);
  if (error != std::errc{} || at != end) throw std::invalid_argument("has a broken hash");
  return value;
}

Fingerprint print_of(const Json& json) {
  const auto hash = json.at("hash").get<std::string>();
  if (hash.size() != kHashDigits) throw std::invalid_argument("has a broken hash");
  return {whole<std::uint64_t>(json, "sum"), hexadecimal(hash.substr(kHashDigits / 2)),
          hexadecimal(hash.substr(0, kHashDigits / 2))};
}

std::optional<CountsText> counts_of(const Json& json) {
  for (const char* key : {kCompressed, kPlain}) {
    if (!json.contains(key)) continue;
    auto bytes = from_base64(json.at(key).get_ref<const std::string&>());
    if (!bytes) throw std::invalid_argument("has counts that are no base64");
    return CountsText{key == kCompressed, *std::move(bytes)};
  }
  return std::nullopt;
}

// Finite, however wrong.
double milliseconds_of(const Json& json) {
  const auto number = json.at("computed_ms").get<double>();
  return std::isfinite(number) ? number : 0;
}

ResultLine result_of(const Json& json) {
  if (json.is_object() && json.contains("chunk") && !json.contains("sum"))
    throw std::invalid_argument(
        "is a chunk that nobody computed: send it through mandel-master map first");
  return {.chunk = chunk_of(json),
          .print = print_of(json),
          .computed_ms = milliseconds_of(json),
          .host = printable(json.at("host").get_ref<const std::string&>()),
          .kernel = printable(json.at("kernel").get_ref<const std::string&>()),
          .counts = counts_of(json)};
}

template <typename Line>
Result<Line> parse_line(std::string_view line, Line (*line_of)(const Json&)) try {
  return line_of(parse(line));
} catch (const std::invalid_argument& error) {
  return fail(error.what());
} catch (const Json::exception&) {
  constexpr std::size_t kShown = 60;
  return fail(fmt::format("is not one of mandel-master {}: {}{}",
                          std::is_same_v<Line, ChunkLine> ? "split" : "map",
                          printable(line.substr(0, kShown)), line.size() > kShown ? "..." : ""));
}

}  // namespace

std::string text_of(const ChunkLine& chunk) { return json_of(chunk).dump(); }

std::string text_of(const ResultLine& result) {
  Json json = json_of(result.chunk);
  json.update({{"sum", result.print.sum},
               {"hash", text_of_hash(result.print)},
               {"computed_ms", result.computed_ms},
               {"host", result.host},
               {"kernel", result.kernel}});
  if (const auto& counts = result.counts)
    json[counts->is_compressed ? kCompressed : kPlain] = base64(counts->bytes);
  return json.dump();
}

Result<ChunkLine> parse_chunk(std::string_view line) { return parse_line(line, chunk_of); }
Result<ResultLine> parse_result(std::string_view line) { return parse_line(line, result_of); }

Result<void> check_cut(const ChunkLine& chunk, std::size_t columns, std::size_t rows) {
  const auto& [first_row, chunk_rows] = chunk.band;
  if (chunk.chunks < 1 || chunk.chunks > rows || chunk.chunk >= chunk.chunks ||
      Chunking(static_cast<std::uint32_t>(rows), chunk.chunks).band(chunk.chunk) != chunk.band)
    return fail(fmt::format("has rows {} to {} as chunk {} of {}, which is no way to cut {} rows",
                            first_row, std::uint64_t{first_row} + chunk_rows - 1, chunk.chunk,
                            chunk.chunks, rows));
  if (chunk_rows * columns * sizeof(std::uint32_t) > kChunkBytesMax)
    return fail("has a chunk of more than 32 MiB of counts: cut the picture into more");
  return {};
}

}  // namespace mandel
