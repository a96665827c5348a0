// See live_text.h.
#include "master/live/live_text.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "common/base/escape.h"
#include "common/base/little_endian.h"
#include "common/program/version.h"
#include "master/stats/time_parts.h"

namespace mandel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kKernelMax = 24;  // characters
constexpr std::size_t kSentenceMax = 500;
// All machines share so many: few can be called what they like, and a state of 256 is small still.
constexpr std::size_t kNamesShared = 12'288;
constexpr std::size_t kWordsShared = 11'264;
constexpr std::size_t kNameMax = 255;  // DNS knows none that are longer
constexpr std::size_t kWordsMax = 160;
constexpr std::size_t kAdvicesMax = 16;  // at a time: the same for all others, most likely

std::string text_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// With the digits that anybody can use: a state is sent ten times a second.
double rounded(double value) { return std::stod(fmt::format("{:.4g}", value)); }

// Of points in time that go on for hours.
double to_milliseconds(double value) { return std::round(value * 1e3) / 1e3; }

Json rounded(const PartSeconds& parts) {
  Json json = Json::array();
  for (const double part : parts) json.push_back(to_milliseconds(part));
  return json;
}

template <typename Number>
Json or_null(const std::optional<Number>& number) {
  return number ? Json(rounded(*number)) : Json();
}

// "A", "B" … "Z", "AA".
std::string letters(WorkerId id) {
  std::string text;
  for (std::uint64_t left = std::uint64_t{id} + 1; left > 0; left = (left - 1) / 26)
    text.insert(text.begin(), static_cast<char>('A' + (left - 1) % 26));
  return text;
}

std::size_t share_of(std::size_t all, std::size_t machines, std::size_t most) {
  return std::min(all / std::max<std::size_t>(machines, 1), most);
}

// A list for each figure, not an object for each worker: names of figures would be half of all.
Json json_of(const std::vector<LiveWorker>& workers) {
  Json json = {{"id", Json::array()}};
  const std::size_t name_max = share_of(kNamesShared, workers.size(), kNameMax);
  const std::size_t words_max = share_of(kWordsShared, workers.size(), kWordsMax);
  std::size_t advices = 0;
  for (const LiveWorker& worker : workers) {
    json["id"].push_back(worker.id);
    json["letter"].push_back(letters(worker.id));
    json["label"].push_back(shorten(worker.label, name_max));
    json["host"].push_back(shorten(worker.host, name_max));
    json["kernel"].push_back(shorten(worker.kernel, kKernelMax));
    json["lanes"].push_back(worker.lanes);
    json["chunks"].push_back(worker.chunks);
    json["speed"].push_back(rounded(worker.speed));
    json["round_trip"].push_back(or_null(worker.round_trip_s));
    json["in_rate"].push_back(rounded(worker.in_rate));
    json["out_rate"].push_back(rounded(worker.out_rate));
    json["state"].push_back(worker.state);
    json["words"].push_back(shorten(worker.words, words_max));
    const bool is_said = worker.advice.empty() || ++advices > kAdvicesMax;
    json["advice"].push_back(is_said ? "" : worker.advice);
  }
  return json;
}

std::uint64_t newest(const std::vector<DisplayRow>& rows) {
  std::uint64_t version = 0;
  for (const DisplayRow& row : rows) version = std::max(version, row.version);
  return version;
}

std::uint64_t newest(const LaneColumns& lanes) {
  std::uint64_t version = lanes.reshaped;
  for (const auto& column : lanes.columns) version = std::max(version, column->version);
  return version;
}

std::uint64_t newest(const std::vector<std::shared_ptr<const Happening>>& happenings) {
  std::uint64_t version = 0;
  for (const auto& one : happenings) version = std::max(version, one->version);
  return version;
}

class Bytes {
 public:
  template <typename Number>
  void add(Number number) {
    if constexpr (std::is_floating_point_v<Number>) {
      const auto single = static_cast<float>(number);
      std::uint32_t bits;
      std::memcpy(&bits, &single, sizeof bits);
      add(bits);
    } else {
      append_little_endian(text_, number);
    }
  }
  void add(const Rgb& colour) {
    add(colour.red);
    add(colour.green);
    add(colour.blue);
  }
  std::string& text() { return text_; }

 private:
  std::string text_;
};

double seconds_or_none(Nanoseconds point) { return point < 0 ? -1 : seconds(point); }

std::uint16_t short_of(WorkerId worker) {
  return static_cast<std::uint16_t>(std::min<WorkerId>(worker, 0xFFFF));
}

void add_pixels(Bytes& bytes, const LiveState& state, const DisplayRow& row, std::size_t number,
                const ColourMap& colours) {
  const Axes& axes = *state.job.axes;
  const double y = axes.ys[number * state.job.rows / state.rows.size()];
  for (std::size_t k = 0; k < row.counts->size(); ++k)
    bytes.add(colours.at((*row.counts)[k], axes.xs[state.columns_shown[k]], y));
}

}  // namespace

std::string state_json(const LiveState& state, const std::string& instance) {
  Json lane_rows = Json::array();
  for (const auto& [worker, lane] : state.lane_rows)
    lane_rows.push_back({worker, lane ? Json(*lane) : Json(-1)});
  Json sweep;
  if (state.sweep)
    sweep = {{"version", state.sweep->plot ? state.sweep->done : 0},
             {"done", state.sweep->done},
             {"runs", state.sweep->runs},
             {"current", state.sweep->current}};
  return text_of({{"instance", instance},
                  {"run", state.run},
                  {"title", state.job.title},
                  {"columns", state.job.columns},
                  {"rows", state.job.rows},
                  {"max_iter", state.job.max_iter},
                  {"counts", state.job.semantics},
                  {"display_columns", state.display_columns},
                  {"display_rows", state.rows.size()},
                  {"began_ms", state.began_ms},
                  {"seconds", to_milliseconds(seconds(state.at))},
                  {"phase", state.phase},
                  {"ending", shorten(state.ending, kSentenceMax)},
                  {"chunks", state.job.chunks},
                  {"chunks_done", state.chunks_done},
                  {"chunks_held", state.chunks_held},
                  {"work_done", rounded(state.work_done)},
                  {"left_seconds", or_null(state.left_s)},
                  {"rate", rounded(state.rate)},
                  {"machines", state.machines},
                  {"machines_left_out", state.workers_left_out},
                  {"parts", rounded(state.parts)},
                  {"parts_recent", rounded(state.recent)},
                  {"rows_version", newest(state.rows)},
                  {"lanes_version", std::max(newest(state.lanes_job), newest(state.lanes_minute))},
                  {"happenings_version", newest(state.happenings)},
                  {"workers", json_of(state.workers)},
                  {"lane_rows", lane_rows},
                  {"sweep", sweep}});
}

std::string happenings_json(const LiveState& state, std::uint64_t since) {
  Json json = Json::array();
  for (const auto& one : state.happenings) {
    if (one->version <= since) continue;
    json.push_back({{"n", one->number},
                    {"seconds", to_milliseconds(seconds(one->at))},
                    {"kind", one->kind},
                    {"worker", one->worker == kNobody ? Json() : Json(one->worker)},
                    {"text", shorten(one->text, kSentenceMax)}});
  }
  return text_of(json);
}

std::string row_bytes(const LiveState& state, std::uint64_t since, const ColourMap& colours,
                      std::uint64_t recoloured) {
  Bytes bytes;
  bytes.add(static_cast<std::uint32_t>(state.version));
  std::uint16_t changed = 0;
  bytes.add(changed);
  for (std::size_t number = 0; number < state.rows.size(); ++number) {
    const DisplayRow& row = state.rows[number];
    if (row.version <= since && !(row.counts && recoloured > since)) continue;
    ++changed;
    bytes.add(static_cast<std::uint16_t>(number));
    bytes.add(static_cast<std::uint8_t>(row.state));
    bytes.add(static_cast<std::uint8_t>(row.counts ? 1 : 0));
    bytes.add(short_of(row.worker));
    bytes.add(row.attempts);
    bytes.add(row.chunk);
    bytes.add(row.band.first_row);
    bytes.add(row.band.rows);
    bytes.add(seconds_or_none(row.started));
    bytes.add(seconds_or_none(row.done));
    bytes.add(seconds(row.computed_ns));
    bytes.add(seconds(row.wire_ns));
    bytes.add(static_cast<float>(row.iterations));
    if (row.counts) add_pixels(bytes, state, row, number, colours);
  }
  bytes.text()[4] = static_cast<char>(changed & 0xFF);
  bytes.text()[5] = static_cast<char>(changed >> 8);
  return std::move(bytes.text());
}

std::string lane_bytes(const LaneColumns& lanes, std::uint64_t version, std::uint64_t since) {
  const std::uint64_t than = lanes.reshaped > since ? 0 : since;
  Bytes bytes;
  bytes.add(static_cast<std::uint32_t>(version));
  bytes.add(seconds(lanes.column_ns));
  bytes.add(lanes.first);
  bytes.add(static_cast<std::uint16_t>(lanes.rows));
  bytes.add(static_cast<std::uint16_t>(kTimeParts.size()));
  const auto changed = [&](const auto& column) { return column->version > than; };
  bytes.add(static_cast<std::uint32_t>(std::ranges::count_if(lanes.columns, changed)));
  for (std::size_t k = 0; k < lanes.columns.size(); ++k) {
    if (!changed(lanes.columns[k])) continue;
    bytes.add(static_cast<std::uint32_t>(lanes.first + k));
    for (const std::uint8_t share : lanes.columns[k]->shares) bytes.add(share);
  }
  return std::move(bytes.text());
}

std::string job_json() {
  Json parts = Json::array();
  for (const TimePart& part : kTimeParts)
    parts.push_back({{"key", part.key}, {"label", part.label}, {"colour", part.colour}});
  return text_of({{"version", kVersion}, {"parts", parts}});
}

}  // namespace mandel
