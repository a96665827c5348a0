// See job_files.h.
#include "master/job/job_files.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>
#include <vector>

#include "master/places/location.h"
#include "master/recipe/recipe.h"
#include "master/results/assembly.h"
#include "master/results/poster_room.h"
#include "master/sinks/deep_zoom.h"
#include "master/sinks/recipe_text.h"

namespace mandel {
namespace {

// The file of an option, if it was given.
Result<std::optional<OutputFile>> open_output(const char* option, const std::string& path) {
  if (path.empty()) return std::optional<OutputFile>();
  auto file = OutputFile::create(path);
  if (!file) return fail(fmt::format("{}: {}", option, file.error().what));
  return std::optional(*std::move(file));
}

Result<void> open_lines(const std::string& path, JobFiles& files) {
  if (path.empty()) return {};
  auto lines = BandLines::open(path);
  if (!lines) return fail("--bands: " + lines.error().what);
  files.writer.lines = *std::move(lines);
  return {};
}

// Beside an output that can't say how it was made.
std::vector<std::string> sidecars(const Options& options, const JobSpec& spec) {
  std::vector<std::string> paths;
  if (!options.has_sidecars) return paths;
  for (const std::string& path : spec.header.outputs)
    if (!is_picture(path)) paths.push_back(path + kRecipeSuffix);
  return paths;
}

// The sink of the digest goes first, for others say it.
Result<void> open_sinks(const Options& options, const JobSpec& spec, JobFiles& files) {
  Writer::Config& writer = files.writer;
  const std::vector<std::string> beside = sidecars(options, spec);
  const auto digest = std::make_shared<CountsDigest>();
  const std::string& expected = spec.header.counts_sha256;
  if (!options.json.empty() || !expected.empty() || !beside.empty() ||
      std::ranges::any_of(spec.header.outputs, is_picture)) {
    files.digest = digest;
    writer.sinks.push_back(digest_sink(digest, expected));
  }
  const auto recipe = recipe_text(spec.header.job, spec.rendering, digest);
  for (const std::string& path : beside) {
    auto sink = text_sink(path, recipe);
    if (!sink) return fail("--sidecar: " + sink.error().what);
    writer.sinks.push_back(*std::move(sink));
  }
  const Style style = style_of(spec.rendering, spec.axes, recipe);
  bool has_store_output = false;
  for (const std::string& path : spec.header.outputs) {
    if (!has_store_output && target_of(path) == spec.header.store.becomes) {
      has_store_output = true;
      continue;
    }
    auto sink = file_sink(path, spec.size, style);
    if (!sink) return fail("--output: " + sink.error().what);
    writer.sinks.push_back(*std::move(sink));
  }
  return {};
}

Result<std::optional<Store>> open_store(const JobSpec& spec, bool is_needed) {
  const StorePlace& place = spec.header.store;
  if (place.path.empty() && !is_needed) return std::optional<Store>();
  auto store = place.path.empty() ? Store::temporary(spec.size)
               : spec.resumed     ? Store::open(place, spec.size)
                                  : Store::create(place, spec.size);
  if (!store) return tl::unexpected(store.error());
  return std::optional(*std::move(store));
}

// Those of `done` whose counts the store has.
std::map<ChunkId, Fingerprint> confirmed(std::map<ChunkId, Fingerprint> done, const Store& store,
                                         const Chunking& chunking, std::uint32_t columns,
                                         const std::function<bool()>& is_called_off) {
  std::vector<std::uint32_t> counts;
  std::erase_if(done, [&](const auto& chunk) {
    if (is_called_off && is_called_off()) return true;
    const Band band = chunking.band(chunk.first);
    counts.resize(std::size_t{band.rows} * columns);
    return !store.read(band, counts) || fingerprint(counts) != chunk.second;
  });
  return done;
}

Result<JobFiles> open_count_files(const Options& options, JobSpec& spec,
                                  const std::function<bool()>& is_called_off) {
  JobFiles files{.writer = {.sinks = {},
                            .chunking = spec.chunking(),
                            .columns = spec.size.columns,
                            .store = {},
                            .journal = {},
                            .done = {},
                            .hold_back = options.audit > 0,
                            .lines = {}},
                 .digest = {},
                 .json = {},
                 .location = {},
                 .trace = {}};
  Writer::Config& writer = files.writer;
  if (auto lines = open_lines(options.bands, files); !lines) return tl::unexpected(lines.error());
  if (auto room =
          check_poster_room(spec.header.outputs, spec.size, spec.rendering, spec.header.store.path);
      !room)
    return fail("--output: " + room.error().what);
  if (auto sinks = open_sinks(options, spec, files); !sinks) return tl::unexpected(sinks.error());
  for (const auto& sink : writer.sinks) writer.hold_back = writer.hold_back || sink->looks_first();
  // The journal before the store: its lock keeps a second master's hands off the counts.
  if (spec.resumed) {
    writer.journal = std::move(spec.resumed->journal);
    if (spec.resumed->contents.header.chunks == 0)  // it does not know of the rest's chunks
      if (auto cut = writer.journal->cut_rest(spec.header.chunks, spec.header.job_id); !cut)
        return tl::unexpected(cut.error());
  } else if (!spec.journal_path.empty()) {
    auto journal = Journal::create(spec.journal_path, spec.header);
    if (!journal) return fail("--output: " + journal.error().what);
    writer.journal = *std::move(journal);
  }
  auto store = open_store(spec, writer.hold_back);
  if (!store) {
    if (writer.journal && !spec.resumed) writer.journal->remove();
    return fail("--output: " + store.error().what);
  }
  writer.store = *std::move(store);
  if (!spec.resumed) return files;
  const auto& recorded = spec.resumed->contents.done;
  writer.done = confirmed(recorded, *writer.store, writer.chunking, writer.columns, is_called_off);
  files.spoilt = recorded.size() - writer.done.size();
  return files;
}

// A poster's folders are made anew, with nothing else in them.
Result<void> check_outside(const std::string& poster, const std::vector<FileRole>& roles) {
  for (const FileRole& role : roles)
    if (is_within_poster(poster, role.path))
      return fail(fmt::format("{} {} lies within the poster {}; write it elsewhere", role.what,
                              role.path, poster));
  return {};
}

}  // namespace

Result<void> check_files(const Options& options, const JobSpec& spec) {
  if (!options.save_location.empty())
    if (const auto location = location_of(spec.header.job); !location)
      return fail("--save-location: " + location.error().what);
  std::vector<FileRole> roles = files_read(options);
  std::vector<std::string> posters;
  const auto add = [&](const char* what, const std::string& path) {
    if (!path.empty()) roles.push_back({what, path});
  };
  for (const std::string& path : spec.header.outputs) {
    add("--output", path);
    if (!is_poster(path)) continue;
    if (auto checked = check_poster(path); !checked)
      return fail("--output: " + checked.error().what);
    for (FileRole& role : poster_roles(path)) roles.push_back(std::move(role));
    posters.push_back(path);
  }
  for (const std::string& path : sidecars(options, spec)) add("--sidecar", path);
  add("the journal", spec.journal_path);
  add("the counts so far,", spec.header.store.path);
  add("--save-location", options.save_location);
  add("--json", options.json);
  add("--trace", options.trace);
  add("--bands", options.bands);
  add("--live-save", options.live_save);
  for (const std::string& poster : posters)
    if (auto outside = check_outside(poster, roles); !outside) return outside;
  return check_distinct(roles);
}

Result<JobFiles> open_job_files(const Options& options, JobSpec& spec,
                                const std::function<bool()>& is_called_off) {
  auto location = open_output("--save-location", options.save_location);
  if (!location) return tl::unexpected(location.error());
  auto json = open_output("--json", options.json);
  if (!json) return tl::unexpected(json.error());
  auto trace = open_output("--trace", options.trace);
  if (!trace) return tl::unexpected(trace.error());
  auto files = open_count_files(options, spec, is_called_off);
  if (!files) return files;
  if (*location) files->location.emplace(**std::move(location));
  if (*json) files->json.emplace(**std::move(json));
  if (*trace) files->trace.emplace(**std::move(trace));
  return files;
}

void abandon(JobFiles files) { Assembly(std::move(files.writer)).leave(); }

}  // namespace mandel
