// See map.h.
#include "master/lines/map.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <fcntl.h>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <spdlog/spdlog.h>
#include <unistd.h>
#include <vector>

#include "common/base/text.h"
#include "common/program/cli.h"
#include "common/program/streams.h"
#include "common/wire/codec.h"
#include "kernels/deep/engine.h"
#include "kernels/deep/tested_engine.h"
#include "kernels/lane_pool.h"
#include "master/lines/chunk_line.h"
#include "master/lines/line_reader.h"

namespace mandel {
namespace {

constexpr std::size_t kChunksPerLane = 3;                  // in the lanes and before them
constexpr std::size_t kBytesMax = std::size_t{256} << 20;  // of their counts; one always may be

// What is made once for all chunks of a picture.
struct Picture {
  Job job;
  std::shared_ptr<const Axes> axes;
  std::shared_ptr<DeepEngine> engine;  // of true-count only
};

// What the lanes hand back with a chunk.
struct Sent {
  ChunkLine chunk;
  std::uint64_t line = 0;
  std::size_t bytes = 0;  // of its counts
};

CountsText counts_text(std::span<const std::uint32_t> counts) {
  const auto text_of = [](std::span<const std::byte> bytes) {
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  };
  const auto encoded = encode_counts(counts);
  return {encoded.has_value(), text_of(encoded ? *encoded : std::as_bytes(counts))};
}

class Mapper {
 public:
  Mapper(std::vector<Lane> lanes, bool with_counts)
      : lanes_(std::move(lanes)),
        with_counts_(with_counts),
        pool_(lanes_, [this](LaneResult result) { finish(std::move(result)); }) {}

  // Returns the exit code.
  int run() {
    const auto read = read_all();
    wait_until([this] { return chunks_ == 0; });
    if (!failure_.empty()) return complain({"map: " + failure_}, kExitVerification);
    return read ? kExitDone : complain({"map: " + read.error().what}, kExitUsage);
  }

 private:
  Result<void> read_all() {
    LineReader reader(STDIN_FILENO, kChunkLineMax);
    while (may_go_on()) {
      const auto line = reader.next();
      if (!line) return tl::unexpected(line.error());
      if (!*line) return {};
      if (const auto sent = send(**line, reader.number()); !sent)
        return fail(fmt::format("line {} {}", reader.number(), sent.error().what));
    }
    return {};
  }

  Result<void> send(std::string_view line, std::uint64_t number) {
    auto chunk = parse_chunk(line);
    if (!chunk) return tl::unexpected(chunk.error());
    if (auto ready = prepare(chunk->job); !ready) return ready;
    const std::size_t columns = picture_->axes->xs.size();
    if (auto cut = check_cut(*chunk, columns, picture_->axes->ys.size()); !cut) return cut;
    const Band band = chunk->band;
    const std::size_t bytes = band.rows * columns * sizeof(std::uint32_t);
    wait_until([&] {
      return chunks_ == 0 ||
             (chunks_ < kChunksPerLane * lanes_.size() && bytes_ + bytes <= kBytesMax);
    });
    {
      const std::lock_guard lock(mutex_);
      ++chunks_;
      bytes_ += bytes;
    }
    pool_.submit({.id = number,
                  .axes = picture_->axes,
                  .deep = picture_->engine,
                  .first_row = band.first_row,
                  .rows = band.rows,
                  .max_iter = chunk->job.max_iter,
                  .cookie = std::make_shared<const Sent>(*std::move(chunk), number, bytes)});
    return {};
  }

  // Lines of one job mostly follow each other.
  Result<void> prepare(const Job& job) {
    if (picture_ && picture_->job == job) return {};
    const auto* view = std::get_if<DeepView>(&job.grid);
    const auto lane = std::ranges::find_if(lanes_, [view](const Lane& one) {
      return view != nullptr ? one.deep != nullptr
                             : one.backend != nullptr && one.backend->semantics == kExactF64;
    });
    if (lane == lanes_.end())
      return fail(fmt::format("is of {}: take a --kernel that computes that", semantics_of(job)));
    picture_ = Picture{job, std::make_shared<const Axes>(axes_of(job)),
                       view != nullptr ? tested_engine(*lane->deep, *view, job.max_iter) : nullptr};
    return {};
  }

  // On a lane's thread.
  void finish(LaneResult done) {
    const auto& sent = *static_cast<const Sent*>(done.cookie.get());
    if (done.counts) print(text_of(result_of(sent.chunk, done)) + '\n');
    const std::lock_guard lock(mutex_);
    if (!done.counts && failure_.empty())
      failure_ = fmt::format("line {}: {}", sent.line, done.failure);
    --chunks_;
    bytes_ -= sent.bytes;
    room_.notify_all();
  }

  ResultLine result_of(const ChunkLine& chunk, const LaneResult& done) const {
    const std::span<const std::uint32_t> counts(done.counts.get(), done.count);
    const Lane& lane = lanes_[done.last_lane];
    ResultLine result{.chunk = chunk,
                      .print = fingerprint(counts),
                      .computed_ms = std::round(static_cast<double>(done.computed_ns) / 1e3) / 1e3,
                      .host = host_,
                      .kernel = std::string(std::holds_alternative<DeepView>(chunk.job.grid)
                                                ? lane.deep->name
                                                : lane.backend->name),
                      .counts = {}};
    if (with_counts_) result.counts = counts_text(counts);
    return result;
  }

  // Other maps may write to the same pipe, which keeps only short lines whole by itself. Not
  // flock(): who inherits standard output shares its lock.
  void print(std::string_view line) {
    const std::lock_guard lock(printing_);
    struct flock whole{};
    whole.l_type = F_WRLCK;
    fcntl(STDOUT_FILENO, F_SETLKW, &whole);  // where nothing can be locked, nothing is shared
    print_result(line);
    whole.l_type = F_UNLCK;
    fcntl(STDOUT_FILENO, F_SETLK, &whole);
    is_read_ = can_print();
  }

  bool may_go_on() {
    const std::lock_guard lock(mutex_);
    return failure_.empty() && is_read_;
  }
  void wait_until(const std::function<bool()>& is_so) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, is_so);
  }

  const std::vector<Lane> lanes_;
  const bool with_counts_;
  const std::string host_ = host_name();
  std::optional<Picture> picture_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::size_t chunks_ = 0;  // in the lanes
  std::size_t bytes_ = 0;   // of their counts
  std::string failure_;     // the first
  std::mutex printing_;
  std::atomic<bool> is_read_ = true;  // somebody takes what is printed
  LanePool pool_;                     // last, as it calls finish()
};

}  // namespace

int run_map(const LaneChoice& choice, bool with_counts) {
  auto lanes = choose_lanes(choice);
  if (!lanes) return complain(lanes.error(), kExitUsage);
  for (const std::string& remark : lanes->remarks) spdlog::warn("{}", remark);
  return Mapper(std::move(lanes->lanes), with_counts).run();
}

}  // namespace mandel
