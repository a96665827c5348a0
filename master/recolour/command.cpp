// See command.h.
#include "master/recolour/command.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <vector>

#include "common/base/clock.h"
#include "common/base/small_file.h"
#include "common/net/wakeup.h"
#include "common/program/cli.h"
#include "common/program/log.h"
#include "common/wire/job.h"
#include "master/recipe/recipe.h"
#include "master/recolour/npy_file.h"
#include "master/results/poster_room.h"
#include "master/sinks/sink.h"
#include "master/stats/progress.h"

namespace mandel {
namespace {

constexpr std::uint32_t kBandCounts = 1u << 20;  // 4 MiB

using Sinks = std::vector<std::unique_ptr<Sink>>;

// What is known of a picture's counts.
struct Kept {
  NpyFile counts;
  std::optional<Recipe> recipe;  // by a sidecar
  std::optional<Job> job;        // by that, or of its place alone
  std::shared_ptr<const Axes> axes;
  PictureSize size;
};

// Where nobody says where in the plane the counts are, all zeros are taken for the set's.
Result<Kept> open_kept(const Options& options) {
  const std::string& path = options.recolour;
  const std::string sidecar = path + kRecipeSuffix;
  auto counts = NpyFile::open(path);
  if (!counts) return tl::unexpected(counts.error());
  const std::uint32_t columns = counts->columns(), rows = counts->rows();
  std::optional<Recipe> recipe;
  std::optional<Job> job;
  if (options.place) job = Job{*options.place, kIterMax};
  if (stamp_of(sidecar)) {
    if (job) return fail(sidecar + " says where they are: leave out what else does");
    auto read = read_recipe(path);
    if (!read) return tl::unexpected(read.error());
    job = read->job;
    recipe = *std::move(read);
  }
  const Axes axes =
      job ? axes_of(*job) : Axes{std::vector<double>(columns), std::vector<double>(rows)};
  if (axes.xs.size() != columns || axes.ys.size() != rows)
    return fail(fmt::format("{} has {} x {} counts, and {} is of {} x {}", path, columns, rows,
                            recipe ? sidecar : "the place that is given", axes.xs.size(),
                            axes.ys.size()));
  return Kept{*std::move(counts), recipe, job, std::make_shared<const Axes>(axes),
              PictureSize{columns, rows, job ? job->max_iter : kIterMax}};
}

Result<void> check(const Options& options, const PictureSize& size) {
  if (!options.rendering.fits(size.columns, size.rows))
    return fail(fmt::format("--supersample {}: {} x {} counts can't be averaged so",
                            options.rendering.supersample, size.columns, size.rows));
  return check_outputs(options);
}

Result<Sinks> open_sinks(const Options& options, const Kept& kept) {
  const Rendering rendering =
      kept.job ? rendering_for(*kept.job, options.rendering) : options.rendering;
  if (auto room = check_poster_room(options.outputs, kept.size, rendering); !room)
    return fail("--output: " + room.error().what);
  Style style = style_of(rendering, kept.axes);
  Sinks sinks;
  if (kept.recipe) {
    Recipe recipe = *kept.recipe;
    recipe.rendering = rendering;
    style.recipe = [text = text_of(recipe)] { return text; };
    sinks.push_back(digest_sink(std::make_shared<CountsDigest>(), recipe.counts_sha256));
  }
  for (const std::string& path : options.outputs) {
    auto sink = file_sink(path, kept.size, style);
    if (!sink) return fail("--output: " + sink.error().what);
    sinks.push_back(*std::move(sink));
  }
  return sinks;
}

// Gives the sinks all rows: to look at, if one wants that, and to take.
class Recolouring {
 public:
  Recolouring(Kept kept, Sinks sinks, bool is_quiet, const StopSignals& signals)
      : kept_(std::move(kept)),
        sinks_(std::move(sinks)),
        signals_(signals),
        band_rows_(std::clamp(kBandCounts / kept_.size.columns, 1u, kept_.size.rows)),
        progress_(is_quiet, !is_log_json(), began_) {}

  // Returns the exit code.
  int run() {
    const auto done = give_all();
    progress_.clear();
    if (done) return kExitDone;
    if (signals_.has_interrupted()) return complain({"interrupted"}, kExitInterrupted);
    return complain(done.error(), is_input_bad_ ? kExitUsage : kExitOutput);
  }

 private:
  using Band = std::span<const std::uint32_t>;

  Result<void> give_all() {
    const bool has_look = std::ranges::any_of(sinks_, &Sink::looks_first);
    const std::uint32_t bands = (kept_.size.rows + band_rows_ - 1) / band_rows_;
    state_.chunks = has_look ? 2 * bands : bands;
    auto done = has_look ? pass(&Recolouring::look) : Result<void>();
    if (done) done = pass(&Recolouring::take);
    for (std::size_t k = 0; done && k < sinks_.size(); ++k) done = sinks_[k]->finish();
    return done;
  }
  Result<void> look(Band counts) {
    for (const auto& sink : sinks_)
      if (sink->looks_first()) sink->look(counts);
    return {};
  }
  Result<void> take(Band counts) {
    for (const auto& sink : sinks_)
      if (auto taken = sink->rows(counts); !taken) return taken;
    return {};
  }

  Result<void> pass(Result<void> (Recolouring::*give)(Band)) {
    std::vector<std::uint32_t> counts;
    for (std::uint32_t row = 0; row < kept_.size.rows; row += band_rows_) {
      if (signals_.has_interrupted()) return fail("interrupted");
      counts.resize(std::size_t{std::min(band_rows_, kept_.size.rows - row)} * kept_.size.columns);
      const auto sound = read(row, counts);
      is_input_bad_ = !sound;
      if (!sound) return sound;
      if (auto given = (this->*give)(counts); !given) return given;
      const Nanoseconds now = steady_now();
      ++state_.chunks_written;
      state_.elapsed = now - began_;
      progress_.update(state_, now);
    }
    return {};
  }

  Result<void> read(std::uint32_t row, std::span<std::uint32_t> counts) {
    if (auto read = kept_.counts.read(row, counts); !read) return read;
    const std::uint32_t most = std::ranges::max(counts);
    if (most < kept_.size.max_iter) return {};
    return fail(fmt::format("there is the count {}: with a limit of {} iterations none is so large",
                            most, kept_.size.max_iter));
  }

  Kept kept_;
  Sinks sinks_;
  const StopSignals& signals_;
  const std::uint32_t band_rows_;
  const Nanoseconds began_ = steady_now();
  Progress progress_;
  WritingState state_;
  bool is_input_bad_ = false;
};

}  // namespace

int run_recolour(const Options& options) {
  StopSignals signals;
  auto kept = open_kept(options);
  if (!kept) return complain({"COUNTS: " + kept.error().what}, kExitUsage);
  if (const auto checked = check(options, kept->size); !checked)
    return complain(checked.error(), kExitUsage);
  signals.let_interrupt();
  auto sinks = open_sinks(options, *kept);
  if (signals.has_interrupted()) return complain({"interrupted"}, kExitInterrupted);
  if (!sinks) return complain(sinks.error(), kExitOutput);
  return Recolouring(*std::move(kept), *std::move(sinks), options.is_quiet, signals).run();
}

}  // namespace mandel
