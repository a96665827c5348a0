// See job_spec.h.
#include "master/job/job_spec.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "common/base/random.h"
#include "master/chunks/chunk_count.h"
#include "master/sinks/output_file.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJournalSuffix = ".journal";

std::uint64_t random_job_id() {
  return random_number() | 1;  // never 0
}

std::vector<std::string> absolute(const std::vector<std::string>& paths) {
  std::vector<std::string> absolute_paths;
  for (const std::string& path : paths) absolute_paths.push_back(fs::absolute(path));
  return absolute_paths;
}

void lay_out(Assignment& assignment) {
  assignment.axes = std::make_shared<const Axes>(axes_of(assignment.record.job));
  assignment.size = {static_cast<std::uint32_t>(assignment.axes->xs.size()),
                     static_cast<std::uint32_t>(assignment.axes->ys.size()),
                     assignment.record.job.max_iter};
}

Result<Assignment> new_job(const Options& options) {
  Assignment assignment{.record = {.job_id = random_job_id(),
                                   .job = options.job,
                                   .outputs = absolute(options.outputs),
                                   .colours = options.colours,
                                   .store = {}},
                        .axes = {},
                        .size = {},
                        .remark = {},
                        .journal_path = {},
                        .resumed = {}};
  lay_out(assignment);
  ChunkCount count = chunk_count(options.chunks, assignment.size.columns, assignment.size.rows);
  assignment.record.chunks = count.chunks;
  assignment.remark = std::move(count.remark);
  const auto& outputs = assignment.record.outputs;
  if (const auto place = place_store(outputs, options.keeps_journal))
    assignment.record.store = *place;
  const auto first = std::ranges::find_if(outputs, is_regular_target);
  if (first == outputs.end()) return assignment;
  assignment.journal_path = *first + kJournalSuffix;
  return assignment;
}

// The journal, also by the name of its output.
std::string journal_of(const std::string& path) {
  std::error_code ignored;
  const std::string beside = path + kJournalSuffix;
  return fs::absolute(fs::exists(beside, ignored) ? beside : path);
}

// The master before did not come to choose.
std::uint32_t rest_by_size(const Opening& opening, const PictureSize& size) {
  const ChunkCount count = chunk_count({}, size.columns, size.rows);
  const auto rows_max = Chunking(size.rows, count.chunks).band_rows_max();
  return Chunking::fit_rest(size.rows, opening, count.chunks, rows_max);
}

Result<Assignment> go_on(const char* option, const std::string& path) {
  auto resumed = Journal::resume(path);
  if (!resumed) return fail(fmt::format("{}: {}", option, resumed.error().what));
  Assignment assignment{.record = resumed->contents.header,
                        .axes = {},
                        .size = {},
                        .remark = {},
                        .journal_path = path,
                        .resumed = {}};
  lay_out(assignment);
  const PictureSize& size = assignment.size;
  JournalHeader& record = assignment.record;
  const bool is_possible = Chunking::is_possible(size.rows, record.opening, record.chunks);
  if (is_possible && record.chunks == 0) {
    record.chunks = rest_by_size(record.opening, size);
    record.job_id = random_job_id();
  }
  if (!is_possible || assignment.chunk_bytes_max() > kChunkBytesMax)
    return fail(fmt::format("{}: {} has {} chunks, which is no way to cut its {} rows", option,
                            path, record.chunks_known(), size.rows));
  if (const auto map = ColourMap::make(assignment.record.colours); !map)
    return fail(fmt::format("{}: {}: {}", option, path, map.error().what));
  if (const auto at = resumed->contents.damaged_at)
    assignment.remark = fmt::format(
        "{} is damaged at byte {}: chunks recorded after it are computed again", path, *at);
  assignment.resumed = *std::move(resumed);
  return assignment;
}

// What --chunks auto chose before stands; the job's number is made anew by every run.
bool is_same_job(const JournalHeader& left, JournalHeader asked, bool chooses_chunks) {
  asked.job_id = left.job_id;
  if (chooses_chunks) {
    asked.opening = left.opening;
    asked.chunks = left.chunks;
  }
  return asked == left;
}

Result<Assignment> begin(const Options& options) {
  auto assignment = new_job(options);
  if (!assignment || assignment->journal_path.empty()) return assignment;
  const std::string path = assignment->journal_path;
  // Even where none is kept: this job's store may be where an unfinished job has its counts.
  const auto unused = check_unused(path);
  if (!unused && !options.continues) return fail("--output: " + unused.error().what);
  if (!unused) {
    auto earlier = go_on("--continue", path);
    if (!earlier || is_same_job(earlier->record, assignment->record, options.chooses_chunks))
      return earlier;
    return fail(fmt::format(
        "--continue: {0} is left from another job than this command's: go on with that by "
        "--resume {0}, or remove it to begin anew",
        path));
  }
  if (!options.keeps_journal) assignment->journal_path.clear();
  return assignment;
}

Result<void> open_sinks(const Assignment& assignment, Writer::Config& writer) {
  const auto colours = ColourMap::make(assignment.record.colours);
  bool has_store_output = false;
  for (const std::string& path : assignment.record.outputs) {
    if (!has_store_output && target_of(path) == assignment.record.store.becomes) {
      has_store_output = true;
      continue;
    }
    auto sink = file_sink(path, assignment.size, assignment.axes, *colours);
    if (!sink) return fail("--output: " + sink.error().what);
    writer.sinks.push_back(*std::move(sink));
  }
  return {};
}

Result<std::optional<Store>> open_store(const Assignment& assignment, bool has_audit) {
  const StorePlace& place = assignment.record.store;
  if (place.path.empty() && !has_audit) return std::optional<Store>();
  auto store = place.path.empty()   ? Store::temporary(assignment.size)
               : assignment.resumed ? Store::open(place, assignment.size)
                                    : Store::create(place, assignment.size);
  if (!store) return tl::unexpected(store.error());
  return std::optional(*std::move(store));
}

// Those of `done` whose counts the store has.
std::map<ChunkId, Fingerprint> confirmed(std::map<ChunkId, Fingerprint> done, const Store& store,
                                         const Chunking& chunking, std::uint32_t columns) {
  std::vector<std::uint32_t> counts;
  std::erase_if(done, [&](const auto& chunk) {
    const Band band = chunking.band(chunk.first);
    counts.resize(std::size_t{band.rows} * columns);
    return !store.read(band, counts) || fingerprint(counts) != chunk.second;
  });
  return done;
}

}  // namespace

Result<Assignment> take_up(const Options& options) {
  return options.resume.empty() ? begin(options) : go_on("--resume", journal_of(options.resume));
}

Result<Opened> open_files(Assignment& assignment, bool has_audit) {
  Opened opened{.writer = {.sinks = {},
                           .chunking = assignment.chunking(),
                           .columns = assignment.size.columns,
                           .store = {},
                           .journal = {},
                           .done = {},
                           .hold_back = has_audit}};
  Writer::Config& writer = opened.writer;
  if (auto sinks = open_sinks(assignment, writer); !sinks) return tl::unexpected(sinks.error());
  // The journal before the store: its lock keeps a second master's hands off the counts.
  if (assignment.resumed) {
    writer.journal = std::move(assignment.resumed->journal);
    if (assignment.resumed->contents.header.chunks == 0)  // it does not know of the rest's chunks
      if (auto cut = writer.journal->cut_rest(assignment.record.chunks, assignment.record.job_id);
          !cut)
        return tl::unexpected(cut.error());
  } else if (!assignment.journal_path.empty()) {
    auto journal = Journal::create(assignment.journal_path, assignment.record);
    if (!journal) return fail("--output: " + journal.error().what);
    writer.journal = *std::move(journal);
  }
  auto store = open_store(assignment, has_audit);
  if (!store) {
    if (writer.journal && !assignment.resumed) writer.journal->remove();
    return fail("--output: " + store.error().what);
  }
  writer.store = *std::move(store);
  if (!assignment.resumed) return opened;
  const auto& recorded = assignment.resumed->contents.done;
  writer.done = confirmed(recorded, *writer.store, writer.chunking, writer.columns);
  opened.spoilt = recorded.size() - writer.done.size();
  return opened;
}

std::string how_to_go_on(const Assignment& assignment, const Options& options, bool is_resumable) {
  if (is_resumable)
    return fmt::format("go on with: mandel-master --resume {}{}", assignment.journal_path,
                       options.hosts.empty() ? "" : " [the same --hosts]");
  if (!assignment.journal_path.empty()) return "there is nothing to go on with";
  if (!options.keeps_journal) return "nothing was kept, because of --no-journal";
  return options.outputs.empty() ? "nothing was kept, because there was no --output"
                                 : "nothing was kept, because no --output is a regular file";
}

}  // namespace mandel
