// See job_spec.h.
#include "master/job/job_spec.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>

#include "common/base/random.h"
#include "common/base/text.h"
#include "kernels/deep/engine.h"
#include "master/chunks/chunk_count.h"
#include "master/colours/colour_map.h"
#include "master/sinks/output_file.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJournalSuffix = ".journal";

std::uint64_t random_job_id() {
  return random_number() | 1;  // never 0
}

Result<std::string> absolute(const std::string& path) {
  std::error_code error;
  const auto absolute_path = fs::absolute(path, error);
  if (!error) return absolute_path.string();
  return fail(
      fmt::format("{}: there is no working directory any more ({}): change to another, or "
                  "give a path that begins with /",
                  path, error.message()));
}

Result<std::vector<std::string>> absolute(const std::vector<std::string>& paths) {
  std::vector<std::string> absolute_paths;
  for (const std::string& path : paths) {
    auto one = absolute(path);
    if (!one) return tl::unexpected(one.error());
    absolute_paths.push_back(*std::move(one));
  }
  return absolute_paths;
}

void lay_out(JobSpec& spec) {
  spec.axes = std::make_shared<const Axes>(axes_of(spec.header.job));
  spec.size = {static_cast<std::uint32_t>(spec.axes->xs.size()),
               static_cast<std::uint32_t>(spec.axes->ys.size()), spec.header.job.max_iter};
}

Result<JobSpec> new_spec(const Options& options) {
  auto outputs_given = absolute(options.outputs);
  if (!outputs_given) return fail("--output " + outputs_given.error().what);
  JobSpec spec{.header = {.job_id = random_job_id(),
                          .job = options.job,
                          .outputs = *std::move(outputs_given),
                          .colours = options.rendering.text(),
                          .store = {},
                          .counts_sha256 = options.again ? options.again->counts_sha256 : ""},
               .rendering = options.rendering,
               .axes = {},
               .size = {},
               .remark = {},
               .journal_path = {},
               .resumed = {}};
  lay_out(spec);
  ChunkCount count = chunk_count(options.chunks, spec.size.columns, spec.size.rows,
                                 semantics_of(options.job) == kTrueCount);
  spec.header.chunks = count.chunks;
  spec.remark = std::move(count.remark);
  const auto& outputs = spec.header.outputs;
  if (const auto place = place_store(outputs, options.keeps_journal)) spec.header.store = *place;
  const auto first = std::ranges::find_if(outputs, is_regular_target);
  if (first == outputs.end()) return spec;
  spec.journal_path = *first + kJournalSuffix;
  return spec;
}

// The journal, also by the name of its output.
Result<std::string> journal_of(const std::string& path) {
  std::error_code ignored;
  const std::string beside = path + kJournalSuffix;
  return absolute(fs::exists(beside, ignored) ? beside : path);
}

// The earlier master did not come to choose.
std::uint32_t rest_by_size(const Job& job, const Opening& opening, const PictureSize& size) {
  const ChunkCount count =
      chunk_count({}, size.columns, size.rows, semantics_of(job) == kTrueCount);
  const auto rows_max = Chunking(size.rows, count.chunks).band_rows_max();
  return Chunking::fit_rest(size.rows, opening, count.chunks, rows_max);
}

Result<JobSpec> resumed_spec(const char* option, const std::string& path) {
  auto resumed = Journal::resume(path);
  if (!resumed) return fail(fmt::format("{}: {}", option, resumed.error().what));
  const auto in_journal = [&](const Error& error) {
    return fail(fmt::format("{}: {}: {}", option, path, error.what));
  };
  const auto rendering = Rendering::parse(resumed->contents.header.colours);
  if (!rendering) return in_journal(rendering.error());
  if (const auto map = ColourMap::make(*rendering); !map) return in_journal(map.error());
  JobSpec spec{.header = resumed->contents.header,
               .rendering = *rendering,
               .axes = {},
               .size = {},
               .remark = {},
               .journal_path = path,
               .resumed = {}};
  lay_out(spec);
  const PictureSize& size = spec.size;
  JournalHeader& header = spec.header;
  if (!rendering->fits(size.columns, size.rows))
    return in_journal({"its pixels are not made of whole counts"});
  const bool is_possible = Chunking::is_possible(size.rows, header.opening, header.chunks);
  if (is_possible && header.chunks == 0) {
    header.chunks = rest_by_size(header.job, header.opening, size);
    header.job_id = random_job_id();
  }
  if (!is_possible || spec.chunk_bytes_max() > kChunkBytesMax)
    return fail(fmt::format("{}: {} has {} chunks, which is no way to cut its {} rows", option,
                            path, header.chunks_known(), size.rows));
  if (const auto at = resumed->contents.damaged_at)
    spec.remark = fmt::format(
        "{} is damaged at byte {}: chunks recorded after it are computed again", path, *at);
  spec.resumed = *std::move(resumed);
  return spec;
}

// What --chunks auto chose before stands. The job's number is made anew by every run.
bool is_same_job(const JournalHeader& left, JournalHeader asked, bool chooses_chunks) {
  asked.job_id = left.job_id;
  if (chooses_chunks) {
    asked.opening = left.opening;
    asked.chunks = left.chunks;
  }
  return asked == left;
}

Result<JobSpec> spec_of_outputs(const Options& options) {
  auto spec = new_spec(options);
  if (!spec || spec->journal_path.empty()) return spec;
  const std::string path = spec->journal_path;
  // Even if no journal is kept: this job's store may be where an unfinished job has its counts.
  const auto unused = check_unused(path);
  if (!unused && !options.continues) return fail("--output: " + unused.error().what);
  if (!unused) {
    auto earlier = resumed_spec("--continue", path);
    if (!earlier || is_same_job(earlier->header, spec->header, options.chooses_chunks))
      return earlier;
    return fail(fmt::format(
        "--continue: {} is left from another job than this command's: go on with that by "
        "--resume {}, or remove it to begin anew",
        path, shell_word(path)));
  }
  if (!options.keeps_journal) spec->journal_path.clear();
  return spec;
}

}  // namespace

Result<JobSpec> job_spec_of(const Options& options) {
  if (options.resume.empty()) return spec_of_outputs(options);
  const auto journal = journal_of(options.resume);
  if (!journal) return fail("--resume " + journal.error().what);
  return resumed_spec("--resume", *journal);
}

std::string in_words(const Job& job, const PictureSize& size) {
  const char* what =
      std::holds_alternative<TutorialGrid>(job.grid) ? "the tutorial's " : "a view of ";
  return fmt::format("{}{} x {} pixels, {} iterations", what, size.columns, size.rows,
                     size.max_iter);
}

LiveJob live_job(const Job& job, const PictureSize& size, std::shared_ptr<const Axes> axes,
                 std::uint32_t chunks) {
  return {.title = in_words(job, size),
          .columns = size.columns,
          .rows = size.rows,
          .max_iter = size.max_iter,
          .semantics = std::string(semantics_of(job)),
          .axes = std::move(axes),
          .chunks = chunks};
}

std::string how_to_go_on(const JobSpec& spec, const Options& options, bool is_resumable) {
  if (is_resumable)
    return fmt::format("go on with: mandel-master --resume {}{}", shell_word(spec.journal_path),
                       options.hosts.empty() ? "" : " [the same --hosts]");
  if (!spec.journal_path.empty()) return "there is nothing to go on with";
  if (!options.keeps_journal) return "nothing was kept, since there was no journal";
  return options.outputs.empty() ? "nothing was kept, because there was no --output"
                                 : "nothing was kept, because no --output is a regular file";
}

}  // namespace mandel
