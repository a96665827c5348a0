// See tally.h.
#include "master/lines/tally.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/program/cli.h"
#include "common/program/version.h"

namespace mandel {
namespace {

constexpr int kGapsShown = 10;

tl::unexpected<Unfinished> refuse(int exit_code, std::string why) {
  return tl::unexpected(Unfinished{exit_code, std::move(why)});
}

// A cut that can't be is refused by add().
std::uint32_t possible_cut(std::uint32_t chunks, std::uint32_t rows) {
  return std::clamp(chunks, 1u, rows);
}

}  // namespace

Tally::Tally(const ChunkLine& first)
    : job_(first.job),
      axes_(std::make_shared<const Axes>(axes_of(first.job))),
      size_{static_cast<std::uint32_t>(axes_->xs.size()),
            static_cast<std::uint32_t>(axes_->ys.size()), job_.max_iter},
      chunking_(size_.rows, possible_cut(first.chunks, size_.rows)) {}

tl::expected<void, Unfinished> Tally::check(const ResultLine& result) const {
  const ChunkLine& chunk = result.chunk;
  if (chunk.job != job_) return refuse(kExitUsage, "is of another picture than those before");
  if (const auto cut = check_cut(chunk, size_.columns, size_.rows); !cut)
    return refuse(kExitUsage, cut.error().what);
  if (chunk.chunks != chunking_.chunks())
    return refuse(kExitUsage, fmt::format("is of a picture in {} chunks, those before of one in {}",
                                          chunk.chunks, chunking_.chunks()));
  const std::uint64_t most =
      std::uint64_t{std::max(job_.max_iter, 1u) - 1} * chunk.band.rows * size_.columns;
  if (result.print.sum > most)
    return refuse(kExitVerification, fmt::format("has the sum {}, which can't be more than {}",
                                                 result.print.sum, most));
  return {};
}

tl::expected<bool, Unfinished> Tally::add(const ResultLine& result) {
  if (const auto checked = check(result); !checked) return tl::unexpected(checked.error());
  const ChunkId chunk = result.chunk.chunk;
  const auto [at, is_new] = prints_.emplace(chunk, result.print);
  if (!is_new && at->second != result.print)
    return refuse(kExitVerification,
                  fmt::format("has other counts for chunk {} than a line before: their sums are {} "
                              "(by {}, {}) and {}, their hashes differ",
                              chunk, result.print.sum, result.host, result.kernel, at->second.sum));
  if (!is_new) return false;
  sum_ += result.print.sum;
  Part& part = parts_[{result.host, result.kernel}];
  ++part.chunks;
  part.computed_ms += result.computed_ms;
  return true;
}

tl::expected<void, Unfinished> Tally::check_whole() const {
  const auto missing = chunking_.chunks() - static_cast<std::uint32_t>(prints_.size());
  if (missing == 0) return {};
  std::string text;
  int gaps = 0;
  std::uint64_t next = 0;  // chunk that was not looked at yet
  const auto look_until = [&](std::uint64_t end) {
    const bool is_gap = next < end;
    if (is_gap && ++gaps <= kGapsShown) {
      if (!text.empty()) text += ", ";
      text += next + 1 == end ? fmt::format("{}", next) : fmt::format("{} to {}", next, end - 1);
    }
    next = end + 1;
  };
  for (const auto& [chunk, print] : prints_) look_until(chunk);
  look_until(chunking_.chunks());
  return refuse(kExitVerification,
                fmt::format("{} of {} chunks are missing: {}{}", missing, chunking_.chunks(), text,
                            gaps > kGapsShown ? ", and others" : ""));
}

std::string Tally::table() const {
  std::string table = fmt::format("{:>7} | {:>11} | {}\n", "chunks", "computing s", "host");
  for (const auto& [name, part] : parts_)
    table += fmt::format("{:>7} | {:>11.4f} | {} ({})\n", part.chunks, part.computed_ms / 1e3,
                         name.first, name.second);
  return table;
}

std::string Tally::json_text(Nanoseconds wall, const std::string& counts_sha256) const {
  auto workers = nlohmann::ordered_json::array();
  for (const auto& [name, part] : parts_)
    workers.push_back({{"host", name.first},
                       {"kernel", name.second},
                       {"chunks", part.chunks},
                       {"share", static_cast<double>(part.chunks) / chunking_.chunks()},
                       {"compute_seconds", part.computed_ms / 1e3}});
  nlohmann::ordered_json json = {{"software", fmt::format("mandel {}", kVersion)},
                                 {"counts", semantics_of(job_)},
                                 {"sum", sum_},
                                 {"columns", size_.columns},
                                 {"rows", size_.rows},
                                 {"max_iter", size_.max_iter},
                                 {"chunks", chunking_.chunks()},
                                 {"wall_seconds", seconds(wall)},
                                 {"workers", workers}};
  if (!counts_sha256.empty()) json["counts_sha256"] = counts_sha256;
  return json.dump(2) + "\n";
}

}  // namespace mandel
