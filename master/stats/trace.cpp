// See trace.h. Processes are numbered: the master, then the workers. Times are in microseconds, as
// the format wants them, with three decimals.
#include "master/stats/trace.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <span>

namespace mandel {
namespace {

constexpr std::uint32_t kMaster = 1;
constexpr std::uint32_t kFirstWorker = 2;
constexpr std::uint32_t kLoopRow = 1;
constexpr std::uint32_t kFirstLaneRow = 1;
// Spans of a lane that wait for an earlier one: of a chunk that other lanes are at still.
constexpr std::size_t kSlicesMax = 32;

std::string microseconds(Nanoseconds ns) {
  const Nanoseconds whole = std::max<Nanoseconds>(ns, 0);
  return fmt::format("{}.{:03}", whole / 1000, whole % 1000);
}

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// When the task reached its worker and when the result left, on the master's clock. Without spans
// (a result that is sent again) nothing says where between sent and received that was.
std::pair<Nanoseconds, Nanoseconds> stay(const ChunkTimes& times) {
  const auto first = std::ranges::min_element(times.spans, {}, &LaneSpan::began);
  const Nanoseconds guess = first != times.spans.end() ? first->began - times.waited_ns
                                                       : times.sent + times.wire_ns() / 2;
  const Nanoseconds arrived = std::clamp(guess, times.sent, times.received);
  return {arrived, std::clamp(arrived + times.residence_ns, arrived, times.received)};
}

}  // namespace

TraceWriter::TraceWriter(OutputFile file) : file_(std::move(file)) {
  name_process(kMaster, "master");
  name_row({kMaster, kLoopRow}, "decode and verify");
}

void TraceWriter::add_worker(const std::string& name) {
  name_process(kFirstWorker + workers_++, "worker " + name);
}

void TraceWriter::name_process(std::uint32_t process, const std::string& name) {
  write_event(fmt::format(R"({{"ph":"M","name":"process_name","pid":{},"args":{{"name":{}}}}})",
                          process, quoted(name)));
  write_event(
      fmt::format(R"({{"ph":"M","name":"process_sort_index","pid":{},"args":{{"sort_index":{}}}}})",
                  process, process));
}

void TraceWriter::name_row(Row row, const std::string& name) {
  write_event(
      fmt::format(R"({{"ph":"M","name":"thread_name","pid":{},"tid":{},"args":{{"name":{}}}}})",
                  row.process, row.thread, quoted(name)));
}

void TraceWriter::add(const ChunkTimes& times) {
  const Arguments arguments = fmt::format(
      R"("chunk":{},"first_row":{},"rows":{},"iterations":{},"bytes":{},"accepted":{})",
      times.chunk, times.first_row, times.rows, times.iterations, times.bytes, times.is_accepted);
  const auto [arrived, departed] = stay(times);
  write_flight(times.worker, "task on the wire", times.sent, arrived, arguments);
  for (const LaneSpan& span : times.spans) add_to_lane(times, span, arguments);
  write_flight(times.worker, "result on the wire", departed, times.received, arguments);
  const Row loop = {kMaster, kLoopRow};
  write_slice(loop, "decoding", times.received, times.decoded, arguments);
  write_slice(loop, "verifying", times.decoded, times.verified, arguments);
}

void TraceWriter::add_to_lane(const ChunkTimes& times, const LaneSpan& span,
                              const Arguments& arguments) {
  const Row row = {kFirstWorker + times.worker, kFirstLaneRow + span.lane};
  const auto [lane, is_new] = lanes_.try_emplace({times.worker, span.lane});
  if (is_new) name_row(row, fmt::format("lane {}", span.lane));
  lane->second.slices.push_back({span, arguments});
  if (lane->second.slices.size() > kSlicesMax) write_earliest(lane->second, row);
}

// A lane does one thing at a time. How long is known exactly; when, only as well as the offset of
// its clock, so that slices may seem to overlap, by a millisecond on a busy machine. They are
// moved, therefore, not cut.
void TraceWriter::write_earliest(LaneRow& lane, Row row) {
  const auto earliest = std::ranges::min_element(
      lane.slices, {}, [](const Slice& slice) { return slice.span.began; });
  const auto [span, arguments] = std::move(*earliest);
  lane.slices.erase(earliest);
  const Nanoseconds began = std::max(span.began, lane.end);
  const Nanoseconds prepared = began + span.prepared_ns;
  const Nanoseconds computed = prepared + span.computed_ns;
  lane.end = computed + span.encoded_ns;
  write_slice(row, "preparing", began, prepared, arguments);
  write_slice(row, "computing", prepared, computed, arguments);
  write_slice(row, "encoding", computed, lane.end, arguments);
}

void TraceWriter::write_slice(Row row, const char* name, Nanoseconds began, Nanoseconds end,
                              const Arguments& arguments) {
  if (end <= began) return;
  write_event(fmt::format(
      R"({{"ph":"X","name":"{}","pid":{},"tid":{},"ts":{},"dur":{},"args":{{{}}}}})", name,
      row.process, row.thread, microseconds(began), microseconds(end - began), arguments));
}

// Many are under way at once, and slices of one row could not show that. So these are the format's
// asynchronous events: a beginning and an end with an id.
void TraceWriter::write_flight(std::uint32_t worker, const char* name, Nanoseconds began,
                               Nanoseconds end, const Arguments& arguments) {
  if (end <= began) return;
  const std::uint64_t id = ++flights_;
  const auto half = [&](char phase, Nanoseconds at, const Arguments& inside) {
    write_event(fmt::format(
        R"({{"ph":"{}","cat":"wire","id":{},"name":"{}","pid":{},"ts":{},"args":{{{}}}}})", phase,
        id, name, kFirstWorker + worker, microseconds(at), inside));
  };
  half('b', began, arguments);
  half('e', end, "");
}

void TraceWriter::write_event(const std::string& event) {
  if (error_) return;
  const std::string line = (std::exchange(is_first_, false) ? "[\n" : ",\n") + event;
  if (auto written = file_.write(std::as_bytes(std::span(line))); !written)
    error_ = std::move(written.error());
}

Result<void> TraceWriter::finish() {
  for (auto& [key, lane] : lanes_)
    while (!lane.slices.empty())
      write_earliest(lane, {kFirstWorker + key.first, kFirstLaneRow + key.second});
  if (!error_) {
    constexpr std::string_view kClosing = "\n]\n";
    if (auto written = file_.write(std::as_bytes(std::span(kClosing))); !written)
      error_ = std::move(written.error());
  }
  if (error_) return tl::unexpected(*error_);
  return file_.commit();
}

}  // namespace mandel
