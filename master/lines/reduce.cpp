// See reduce.h.
#include "master/lines/reduce.h"

#include <cstring>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/net/wakeup.h"
#include "common/program/cli.h"
#include "common/program/streams.h"
#include "common/wire/codec.h"
#include "master/lines/line_reader.h"
#include "master/lines/tally.h"
#include "master/results/assembly.h"
#include "master/sinks/output_file.h"
#include "master/sinks/recipe_text.h"
#include "master/stats/summary.h"

namespace mandel {
namespace {

using Reduced = tl::expected<void, Unfinished>;

tl::unexpected<Unfinished> refusal(int exit_code, std::string why) {
  return tl::unexpected(Unfinished{exit_code, std::move(why)});
}

// What they are, if they are what the line claims.
FromPeer<Counts> decoded(const ResultLine& result, std::size_t columns) {
  const std::size_t pixels = result.chunk.band.rows * columns;
  const std::string& bytes = result.counts->bytes;
  auto values = std::make_unique_for_overwrite<std::uint32_t[]>(pixels);
  const std::span<std::uint32_t> counts(values.get(), pixels);
  if (result.counts->is_compressed) {
    if (auto done = decode_counts(std::as_bytes(std::span(bytes)), counts); !done)
      return tl::unexpected(done.error());
  } else if (bytes.size() == counts.size_bytes()) {
    std::memcpy(values.get(), bytes.data(), bytes.size());
  } else {
    return blame_peer(
        fmt::format("{} bytes of counts where {} belong", bytes.size(), counts.size_bytes()));
  }
  if (auto checked = check_counts(counts, result.print, result.chunk.job.max_iter); !checked)
    return tl::unexpected(checked.error());
  return Counts(std::move(values), pixels);
}

class Reduction {
 public:
  Reduction(const Options& options, const StopSignals& signals)
      : options_(options), signals_(signals) {}

  // Before any line has come.
  Result<void> open_json() {
    if (options_.json.empty()) return {};
    auto file = OutputFile::create(options_.json);
    if (!file) return tl::unexpected(file.error());
    json_.emplace(*std::move(file));
    return {};
  }

  Reduced run() {
    LineReader reader(STDIN_FILENO, kResultLineMax, [this] { return signals_.has_interrupted(); });
    while (true) {
      const auto line = reader.next();
      if (signals_.has_interrupted()) return refusal(kExitInterrupted, "interrupted");
      if (!line) return refusal(kExitUsage, line.error().what);
      if (!*line) return finish();
      if (auto taken = take(**line); !taken)
        return refusal(taken.error().exit_code,
                       fmt::format("line {} {}", reader.number(), taken.error().problem));
    }
  }

  void print() const {
    Outcome outcome;
    outcome.sum = tally_->sum();
    outcome.wall_ns = steady_now() - began_;
    print_result(result_text(tally_->size(), outcome));
    if (!options_.is_quiet) print_result(fmt::format("\n{}", tally_->table()));
    if (const std::string doubt = doubt_text(tally_->size(), outcome); !doubt.empty())
      spdlog::warn("{}", doubt);
  }

 private:
  Reduced take(std::string_view line) {
    const auto result = parse_result(line);
    if (!result) return refusal(kExitUsage, result.error().what);
    const bool is_first = !tally_;
    if (is_first) tally_.emplace(result->chunk);
    const auto is_new = tally_->add(*result);
    if (!is_new) return tl::unexpected(is_new.error());
    if (is_first)
      if (auto opened = open(); !opened) return opened;
    if (!*is_new) return {};
    if (!result->counts && assembly_)
      return refusal(kExitUsage, "has no counts to write: compute with map --with-counts");
    if (!result->counts) return {};
    auto counts = decoded(*result, tally_->size().columns);
    if (!counts) return refusal(kExitVerification, "has " + counts.error().what);
    if (!assembly_) return {};
    auto put = assembly_->put(result->chunk.chunk, *std::move(counts), result->print);
    return put ? Reduced() : refusal(kExitOutput, put.error().what);
  }

  // Once it is known of which picture.
  Reduced open() {
    if (options_.outputs.empty()) return {};
    const PictureSize& size = tally_->size();
    if (!options_.rendering.fits(size.columns, size.rows))
      return refusal(kExitUsage,
                     fmt::format("is of {} x {} counts: --supersample {} can't average "
                                 "these",
                                 size.columns, size.rows, options_.rendering.supersample));
    auto sinks = open_sinks();
    if (!sinks) return refusal(kExitOutput, "can't be kept: --output: " + sinks.error().what);
    auto store = Store::temporary(size);
    if (!store) return refusal(kExitOutput, "can't be kept: " + store.error().what);
    assembly_.emplace(Assembly::Config{.sinks = *std::move(sinks),
                                       .chunking = tally_->chunking(),
                                       .columns = size.columns,
                                       .store = *std::move(store),
                                       .hold_back = true});
    return {};
  }

  Result<std::vector<std::unique_ptr<Sink>>> open_sinks() const {
    const Rendering rendering = rendering_for(tally_->job(), options_.rendering);
    std::vector<std::unique_ptr<Sink>> sinks;
    sinks.push_back(digest_sink(digest_));  // before those that say it
    const Style style =
        style_of(rendering, tally_->axes(), recipe_text(tally_->job(), rendering, digest_));
    for (const std::string& path : options_.outputs) {
      auto sink = file_sink(path, tally_->size(), style);
      if (!sink) return tl::unexpected(sink.error());
      sinks.push_back(*std::move(sink));
    }
    return sinks;
  }

  Reduced finish() {
    if (!tally_) return refusal(kExitUsage, "no line came");
    if (auto whole = tally_->check_whole(); !whole) return whole;
    const auto& expected = options_.expect_sum;
    if (expected && *expected != tally_->sum())
      return refusal(kExitVerification,
                     fmt::format("--expect-sum: the sum is {}, not {}", tally_->sum(), *expected));
    if (auto written = finish_outputs(); !written) return written;
    if (!json_) return {};
    const auto told = json_->deliver(tally_->json_text(steady_now() - began_, digest_->sha256));
    return told ? Reduced() : refusal(kExitOutput, "--json: " + told.error().what);
  }

  Reduced finish_outputs() {
    if (!assembly_) return {};
    const auto written =
        assembly_->finish([this](std::uint32_t) { return !signals_.has_interrupted(); });
    if (written) return {};
    if (signals_.has_interrupted()) return refusal(kExitInterrupted, "interrupted");
    return refusal(kExitOutput, written.error().what);
  }

  const Options& options_;
  const StopSignals& signals_;
  const Nanoseconds began_ = steady_now();
  const std::shared_ptr<CountsDigest> digest_ = std::make_shared<CountsDigest>();
  std::optional<OutputFile> json_;    // if it is wanted
  std::optional<Tally> tally_;        // once a line has come
  std::optional<Assembly> assembly_;  // if there are outputs
};

}  // namespace

int run_reduce(const Options& options) {
  if (const auto checked = check_outputs(options); !checked)
    return complain(checked.error(), kExitUsage);
  StopSignals signals;
  signals.let_interrupt();
  Reduction reduction(options, signals);
  if (const auto opened = reduction.open_json(); !opened)
    return complain({"reduce: --json: " + opened.error().what}, kExitOutput);
  if (const auto done = reduction.run(); !done)
    return complain({"reduce: " + done.error().problem}, done.error().exit_code);
  reduction.print();
  return kExitDone;
}

}  // namespace mandel
