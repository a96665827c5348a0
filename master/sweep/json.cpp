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

// Under both of its names: NAME_seconds, and NAME_ns, which is deprecated.
void put_time(Json& json, const std::string& name, Nanoseconds ns) {
  json[name + "_seconds"] = seconds(ns);
  json[name + "_ns"] = ns;
}

// The same for a column of a run's chunks.
void put_times(Json& json, const std::string& name, const std::vector<ChunkTimes>& chunks,
               Nanoseconds ChunkTimes::* member) {
  Json in_seconds = Json::array();
  Json in_ns = Json::array();
  for (const ChunkTimes& chunk : chunks) {
    in_seconds.push_back(seconds(chunk.*member));
    in_ns.push_back(chunk.*member);
  }
  json[name + "_seconds"] = std::move(in_seconds);
  json[name + "_ns"] = std::move(in_ns);
}

template <typename Member>
Json column(const std::vector<ChunkTimes>& chunks, Member member) {
  Json column = Json::array();
  for (const ChunkTimes& chunk : chunks) column.push_back(chunk.*member);
  return column;
}

Json columns_of(const std::vector<ChunkTimes>& chunks) {
  Json json = {{"chunk", column(chunks, &ChunkTimes::chunk)},
               {"worker", column(chunks, &ChunkTimes::worker)},
               {"first_row", column(chunks, &ChunkTimes::first_row)},
               {"rows", column(chunks, &ChunkTimes::rows)}};
  put_times(json, "sent", chunks, &ChunkTimes::sent);
  put_times(json, "received", chunks, &ChunkTimes::received);
  put_times(json, "decoded", chunks, &ChunkTimes::decoded);
  put_times(json, "verified", chunks, &ChunkTimes::verified);
  put_times(json, "residence", chunks, &ChunkTimes::residence_ns);
  put_times(json, "waited", chunks, &ChunkTimes::waited_ns);
  put_times(json, "computed", chunks, &ChunkTimes::computed_ns);
  put_times(json, "encoded", chunks, &ChunkTimes::encoded_ns);
  json["bytes"] = column(chunks, &ChunkTimes::bytes);
  json["iterations"] = column(chunks, &ChunkTimes::iterations);
  json["is_accepted"] = column(chunks, &ChunkTimes::is_accepted);
  return json;
}

Json spans_of(const std::vector<ChunkTimes>& chunks) {
  Json spans;
  for (const char* name : {"chunk", "worker", "lane", "began_seconds", "computed_seconds",
                           "encoded_seconds", "began_ns", "computed_ns", "encoded_ns"})
    spans[name] = Json::array();
  for (const ChunkTimes& chunk : chunks) {
    for (const LaneSpan& span : chunk.spans) {
      spans["chunk"].push_back(chunk.chunk);
      spans["worker"].push_back(chunk.worker);
      spans["lane"].push_back(span.lane);
      spans["began_seconds"].push_back(seconds(span.began));
      spans["computed_seconds"].push_back(seconds(span.computed_ns));
      spans["encoded_seconds"].push_back(seconds(span.encoded_ns));
      spans["began_ns"].push_back(span.began);
      spans["computed_ns"].push_back(span.computed_ns);
      spans["encoded_ns"].push_back(span.encoded_ns);
    }
  }
  return spans;
}

Json json_of(const Sweep& sweep, const SweepPoint& point, const RunFigures& run) {
  const Derived derived = derive(sweep, point, run);
  Json time;
  Json split;  // deprecated
  for (const TimePart& part : kTimeParts) {
    time[fmt::format("{}_seconds", part.key)] = seconds(run.split.*part.time);
    split[fmt::format("{}_ns", part.key)] = run.split.*part.time;
  }
  return {{"is_median", &run == &point.median()},
          {"wall_seconds", seconds(run.wall_ns)},
          {"cpu_seconds", seconds(run.master_cpu_ns)},
          {"bytes_in", run.bytes_in},
          {"bytes_out", run.bytes_out},
          {"iterations", run.iterations},
          {"speed_up", derived.speed_up},
          {"efficiency", derived.efficiency},
          {"overhead_per_chunk_seconds", derived.overhead_per_chunk_us * 1e-6},
          {"network_share", derived.network_share},
          {"time", time},
          {"chunks", columns_of(run.chunks)},
          {"spans", spans_of(run.chunks)},
          {"wall_ns", run.wall_ns},
          {"master_cpu_ns", run.master_cpu_ns},
          {"overhead_per_chunk_us", derived.overhead_per_chunk_us},
          {"split", split}};
}

Json json_of(const Sweep& sweep, const SweepPoint& point) {
  Json runs = Json::array();
  for (const RunFigures& run : point.runs) runs.push_back(json_of(sweep, point, run));
  return {{"chunks", point.chunks}, {"rows_per_chunk", point.rows_per_chunk}, {"runs", runs}};
}

Json json_of(const std::vector<FitPoint>& points) {
  Json json = Json::array();
  for (const FitPoint& point : points)
    json.push_back(
        {{"chunks", point.chunks}, {"wall_seconds", point.wall_s}, {"wall_s", point.wall_s}});
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
               {"best_chunks", finding.best->chunks},
               {"finding", sentence(sweep, finding)},
               {"points", points}};
  put_time(json, "one_lane", one_lane_ns(sweep));
  if (fit != nullptr) json["fit"] = json_of(*fit);
  // Names come from other machines: what is no UTF-8 is replaced, not thrown at the user.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace mandel
