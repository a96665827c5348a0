// See json.h.
#include "master/sweep/json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/program/version.h"
#include "master/stats/time_parts.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"

namespace mandel {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const TimeSplit& split) {
  Json json;
  for (const Part& part : kParts) json[fmt::format("{}_ns", part.key)] = split.*part.time;
  return json;
}

template <typename Member>
Json column(const std::vector<ChunkTimes>& chunks, Member member) {
  Json column = Json::array();
  for (const ChunkTimes& chunk : chunks) column.push_back(chunk.*member);
  return column;
}

Json columns_of(const std::vector<ChunkTimes>& chunks) {
  return {{"chunk", column(chunks, &ChunkTimes::chunk)},
          {"worker", column(chunks, &ChunkTimes::worker)},
          {"first_row", column(chunks, &ChunkTimes::first_row)},
          {"rows", column(chunks, &ChunkTimes::rows)},
          {"sent_ns", column(chunks, &ChunkTimes::sent)},
          {"received_ns", column(chunks, &ChunkTimes::received)},
          {"decoded_ns", column(chunks, &ChunkTimes::decoded)},
          {"verified_ns", column(chunks, &ChunkTimes::verified)},
          {"residence_ns", column(chunks, &ChunkTimes::residence_ns)},
          {"waited_ns", column(chunks, &ChunkTimes::waited_ns)},
          {"computed_ns", column(chunks, &ChunkTimes::computed_ns)},
          {"encoded_ns", column(chunks, &ChunkTimes::encoded_ns)},
          {"bytes", column(chunks, &ChunkTimes::bytes)},
          {"iterations", column(chunks, &ChunkTimes::iterations)},
          {"is_accepted", column(chunks, &ChunkTimes::is_accepted)}};
}

Json spans_of(const std::vector<ChunkTimes>& chunks) {
  Json spans;
  for (const char* name : {"chunk", "worker", "lane", "began_ns", "computed_ns", "encoded_ns"})
    spans[name] = Json::array();
  for (const ChunkTimes& chunk : chunks) {
    for (const LaneSpan& span : chunk.spans) {
      spans["chunk"].push_back(chunk.chunk);
      spans["worker"].push_back(chunk.worker);
      spans["lane"].push_back(span.lane);
      spans["began_ns"].push_back(span.began);
      spans["computed_ns"].push_back(span.computed_ns);
      spans["encoded_ns"].push_back(span.encoded_ns);
    }
  }
  return spans;
}

Json json_of(const Sweep& sweep, const SweepPoint& point, const RunFigures& run) {
  const Derived derived = derive(sweep, point, run);
  return {{"is_median", &run == &point.median()},
          {"wall_ns", run.wall_ns},
          {"master_cpu_ns", run.master_cpu_ns},
          {"bytes_in", run.bytes_in},
          {"bytes_out", run.bytes_out},
          {"iterations", run.iterations},
          {"speed_up", derived.speed_up},
          {"efficiency", derived.efficiency},
          {"overhead_per_chunk_us", derived.overhead_per_chunk_us},
          {"network_share", derived.network_share},
          {"split", json_of(run.split)},
          {"chunks", columns_of(run.chunks)},
          {"spans", spans_of(run.chunks)}};
}

Json json_of(const Sweep& sweep, const SweepPoint& point) {
  Json runs = Json::array();
  for (const RunFigures& run : point.runs) runs.push_back(json_of(sweep, point, run));
  return {{"chunks", point.chunks}, {"rows_per_chunk", point.rows_per_chunk}, {"runs", runs}};
}

Json json_of(const std::vector<FitPoint>& points) {
  Json json = Json::array();
  for (const FitPoint& point : points)
    json.push_back({{"chunks", point.chunks}, {"wall_s", point.wall_s}});
  return json;
}

Json json_of(const FitView& fit) {
  Json coefficients = Json::array();
  for (const FitCoefficient& one : fit.coefficients)
    coefficients.push_back(
        {{"name", one.name}, {"value", one.value}, {"error", one.error}, {"unit", one.unit}});
  return {{"coefficients", coefficients},
          {"points", json_of(fit.points)},
          {"curve", json_of(fit.curve)},
          {"best_chunks", fit.best_chunks}};
}

}  // namespace

std::string sweep_json(const Sweep& sweep, const FitView* fit) {
  Json workers = Json::array();
  for (const SweepWorker& worker : sweep.workers)
    workers.push_back(
        {{"address", worker.label}, {"kernel", worker.kernel}, {"lanes", worker.lanes}});
  Json points = Json::array();
  for (const SweepPoint& point : sweep.points) points.push_back(json_of(sweep, point));
  const Finding finding = find_minimum(sweep);
  Json json = {{"software", fmt::format("mandel {}", kVersion)},
               {"job", sweep.job},
               {"columns", sweep.size.columns},
               {"rows", sweep.size.rows},
               {"max_iter", sweep.size.max_iter},
               {"sum", sweep.sum},
               {"codec", sweep.codec},
               {"lanes", sweep.lanes()},
               {"workers", workers},
               {"one_lane_ns", one_lane_ns(sweep)},
               {"best_chunks", finding.best->chunks},
               {"finding", sentence(sweep, finding)},
               {"points", points}};
  if (fit != nullptr) json["fit"] = json_of(*fit);
  // Names come from other machines: what is no UTF-8 is replaced, not thrown at the user.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mandel
