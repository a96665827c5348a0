// See command_line.h.
#include "master/cli/command_line.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "common/base/decimal.h"
#include "common/keys/key_ring.h"
#include "common/program/cli.h"
#include "common/program/config.h"
#include "common/program/shared_options.h"
#include "common/program/streams.h"
#include "common/program/version.h"
#include "master/cli/common_options.h"
#include "master/cli/job_options.h"
#include "master/cli/lines_options.h"
#include "master/cli/picture_options.h"
#include "master/live/live_page.h"
#include "master/places/write_location.h"
#include "master/results/pixel_audit.h"

namespace mandel {
namespace {

constexpr const char* kExamples = R"(Examples:
  mandel-master                                     the tutorial's job on this machine: sum 1148485
  mandel-master --output mandelbrot.png             the same as a picture
  mandel-master --chunks 256 --hosts desk1,desk2    on the workers of two machines, port 5755
  mandel-master --size 1920x1080 --center -0.7453,0.1127 --span 6.5e-4 --max-iter 5000 \
                --output valley.png --colours fire  any view
  mandel-master --location a.kfr --output a.png     a place of another program, however deep
  mandel-master --resume valley.png.journal         go on with a job that was interrupted
  mandel-master --again valley.png                  are the counts the same, here and now?
  mandel-master info valley.png                     how was it made?
  mandel-master --live --hosts desk1,desk2          and watch it at http://127.0.0.1:8755/
  mandel-master --listen 0.0.0.0:5756               on workers started with --join
  mandel-master sweep --hosts desk1,desk2           what does the network cost, by chunk size?
  mandel-master doctor --hosts desk1,desk2          why does it not connect?
  mandel-master colour counts.npy --output a.png    in other colours, without computing
  mandel-master split | mandel-master map | mandel-master reduce    chunks as lines, for GNU parallel,
                                                    Slurm and Hadoop to carry: sum 1148485

Exit codes: 0 done, 2 bad usage, 3 verification failed, 4 no worker usable, 5 output could not be
written, 7 too little memory, or too few threads or file descriptors, 130 interrupted; of doctor: 6
some host can't be used.)";

constexpr const char* kDoctorExamples = R"(Examples:
  mandel-master doctor --hosts desk1,desk2                      what is wrong, and what to do
  mandel-master doctor --hosts desk1 --json doctor.json         the same for programs

Exit codes: 0 every host can be used, 2 bad usage, 5 the JSON could not be written, 6 some host can't
be used.)";

constexpr const char* kSweepExamples = R"(Examples:
  mandel-master sweep --hosts desk1,desk2                       the tutorial's job, 1 chunk to 500
  mandel-master sweep --hosts desk1 --size 4000x4000 --chunks 1,8,64,512 --report sweep
)";
constexpr const char* kRecolourExamples = R"(Examples:
  mandel-master colour counts.npy --output a.png --colours fire:rank
  mandel-master color counts.npy --output b.png --palette sunset.gpl --colours :period=40

Exit codes: 0 done, 2 bad usage, also of counts that are none, 5 output could not be written,
130 interrupted.)";
constexpr const char* kLive = "127.0.0.1";
constexpr const char* kSweepChunks = "1,2,4,8,16,32,64,128,256,512,1024,auto";

std::string check_location_format(const std::string& path) {
  if (location_format_of(path)) return "";
  return fmt::format("can't tell the format of '{}': use .kfr or .toml", path);
}

Result<Codec> read_codec(std::string_view text) {
  const auto codec = codec_named(text);
  return codec ? Result<Codec>(*codec) : fail(fmt::format("'{}': give auto, lz4 or none", text));
}

// Nothing in a file or a script's variable means: not given.
Result<std::optional<Address>> read_listen(std::string_view text) {
  if (text.empty()) return std::optional<Address>();
  const auto address = parse_address(text, {.default_port = {}, .may_be_zero = true});
  if (!address) return tl::unexpected(address.error());
  return std::optional(*address);
}

struct ChunkList {
  std::vector<std::uint32_t> counts;
  bool has_auto = false;
};

// "1,16,auto"
Result<ChunkList> read_chunk_list(std::string_view text) {
  ChunkList list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const auto count = decimal<std::uint32_t>(word);
    if (word == "auto")
      list.has_auto = true;
    else if (count && *count > 0 && *count <= kSideMax)
      list.counts.push_back(*count);
    else
      return fail(fmt::format("'{}': give numbers from 1 to {}, or auto", text, kSideMax));
    at = end + 1;
  }
  return list;
}

// Of a job: one number, or auto.
Result<ChunkList> read_chunks(std::string_view text) {
  auto list = read_chunk_list(text);
  if (list && list->counts.size() + list->has_auto != 1)
    return fail(fmt::format("'{}': give one number, or auto; several are for a sweep", text));
  return list;
}

Result<ChunkList> read_sweep_chunks(std::string_view text) {
  auto list = read_chunk_list(text);
  if (list && list->counts.empty())
    return fail(fmt::format("'{}': give one number at least", text));
  return list;
}

// What takes several options together to become one of Options.
struct RawOptions {
  JobText job;
  std::optional<ChunkList> chunks;
  HostList hosts;
  std::string hosts_file;
  std::string colours;
};

// All that the picture says of its job.
Result<void> repeat(Options& options) {
  auto recipe = read_recipe(options.again_file);
  if (!recipe) return fail("--again: " + recipe.error().what);
  options.job = recipe->job;
  options.rendering = recipe->rendering;
  options.expect_sum = recipe->sum;
  options.again = *std::move(recipe);
  return {};
}

Result<void> finish(Options& options, RawOptions raw) {
  if (!options.recolour.empty() && options.outputs.empty())
    return fail("colour: name the pictures to write, with --output");
  const bool has_no_job = options.lines == LinesStep::kMap || options.lines == LinesStep::kReduce;
  if (auto read = read_map(options, raw.colours); !read || has_no_job) return read;
  if (!options.recolour.empty()) {
    auto place = read_place(options, raw.job);
    if (!place) return tl::unexpected(place.error());
    options.place = *std::move(place);
    return {};
  }
  if (const auto read = options.again_file.empty() ? read_job(options, raw.job) : repeat(options);
      !read)
    return read;
  if (options.sweep && !raw.chunks) raw.chunks = *read_sweep_chunks(kSweepChunks);
  if (raw.chunks) {
    options.chooses_chunks = raw.chunks->has_auto;
    if (options.sweep)
      options.sweep->chunks = std::move(raw.chunks->counts);
    else if (!options.chooses_chunks)
      options.chunks = raw.chunks->counts.front();
  }
  options.hosts = std::move(raw.hosts);
  options.hosts.file = std::move(raw.hosts_file);
  if (options.is_doctor && options.hosts.empty())
    return fail("doctor: name the workers to examine with --hosts or --hosts-file");
  return {};
}

void add_chunks_option(CLI::App& app, RawOptions& raw) {
  add_read(app, "--chunks", raw.chunks, read_chunks,
           "bands of rows to hand out; auto: as many as suit the network, by what the first few "
           "show; default: by size")
      ->type_name("N|auto")
      ->group("The job");
}

std::pair<CLI::Option*, CLI::Option*> add_hosts_options(CLI::App& app, Options& options,
                                                        RawOptions& raw, const char* description) {
  const char* workers = "The workers";
  auto* hosts = add_read(app, "--hosts", raw.hosts, parse_host_list, description)
                    ->type_name("HOST[:PORT],...")
                    ->multi_option_policy(CLI::MultiOptionPolicy::Join)
                    ->group(workers);
  auto* file = add_path(app, "--hosts-file", raw.hosts_file,
                        "the same, one a line, from a file that may change while the job runs")
                   ->type_name("FILE")
                   ->group(workers);
  for (CLI::Option* option : add_key_options(app, options.credentials)) option->group(workers);
  return {hosts, file};
}

void add_crew_options(CLI::App& app, Options& options, RawOptions& raw) {
  const char* workers = "The workers";
  const auto [hosts, hosts_file] =
      add_hosts_options(app, options, raw,
                        "workers to use, desk[01-16] too; all addresses of dns:NAME[:PORT]; "
                        "auto[:PORT]: who answers on the local network; default: one inside this "
                        "process");
  auto* listen = add_read(app, "--listen", options.listen, read_listen,
                          "where workers may come in by themselves, with mandel-worker --join")
                     ->type_name("HOST:PORT")
                     ->group(workers);
  add_number(app, "--patience", options.patience_s, 0.0, 1e9,
             "seconds without any usable worker before giving up")
      ->type_name("S")
      ->group(workers);
  add_read(app, "--codec", options.codec, read_codec,
           "how counts travel: lz4 compresses, none does not, auto: lz4 from other machines")
      ->type_name("NAME")
      ->default_str("auto")
      ->group(workers);
  for (CLI::Option* option : add_lane_options(app, options.lanes, " of the worker inside"))
    option->excludes(hosts)->excludes(hosts_file)->excludes(listen)->group(workers);
  add_action(
      app, "--list-kernels", [] { print_result(kernel_table()); },
      "show every kernel with its self-test")
      ->group(workers);
}

// A page that shows what happens.
void add_live_options(CLI::App& app, Options& options) {
  const char* results = "The results";
  auto* live =
      app.add_option_function<std::string>(
             "--live",
             [&options](const std::string& text) { options.live = text.empty() ? kLive : text; },
             "serve a page that shows what happens, while it happens; port 0: any that is free")
          ->expected(0, 1)
          ->type_name("[HOST[:PORT]]")
          ->default_str(fmt::format("{}:{}", kLive, LivePage::kDefaultPort))
          ->group(results);
  app.add_flag("--live-stay", options.live_stays, "serve it on after the end, until Ctrl-C")
      ->needs(live)
      ->group(results);
  app.add_flag("--live-public", options.live_is_public,
               "let anybody see it who can reach it, without the token in its address")
      ->needs(live)
      ->group(results);
  add_path(app, "--live-save", options.live_save,
           "write the page to a file that replays the run by itself")
      ->type_name("FILE")
      ->group(results);
}

// Of commands that take long.
void add_parent_option(CLI::App& app, Options& options) {
  add_number(app, "--parent", options.parent, 1u, std::uint32_t{INT32_MAX},
             "end, as by SIGTERM, when this process ends: for programs that start mandel-master")
      ->type_name("PID")
      ->default_str("")
      ->group("The results");
}

void add_talk_options(CLI::App& app, Options& options, const char* quiet) {
  app.add_flag("--quiet", options.is_quiet, quiet)->group("The results");
  app.add_flag("--verbose", options.is_verbose, "log workers that come and go")
      ->group("The results");
  add_log_format_option(app, options.log_format)->group("The results");
  add_parent_option(app, options);
}

void add_output_options(CLI::App& app, Options& options, RawOptions& raw) {
  const char* results = "The results";
  add_number(app, "--audit", options.audit, 0.0, 1.0,
             "share of chunks that a second worker computes again; machines that miscount are "
             "thrown out")
      ->type_name("FRACTION")
      ->group("The workers");
  add_number(app, "--audit-pixels", options.audit_pixels, 0u, kAuditPixelsMax,
             "pixels of true-count that the master computes again in the plainest way; default: "
             "what a second allows")
      ->type_name("N")
      ->default_str("")
      ->group("The workers");
  add_picture_options(app, options, raw.colours);
  app.add_flag("--sidecar", options.has_sidecars,
               "write OUTPUT.json beside outputs that can't say how they were made, as a .png does")
      ->group(results);
  add_path(app, "--save-location", options.save_location,
           "write the place, for Kalles Fraktaler (.kfr) or Fraktaler 3 (.toml)")
      ->type_name("FILE")
      ->check(check_location_format)
      ->group(results);
  add_json_option(app, options);
  add_path(
      app, "--bands", options.bands,
      "write a line for each band of rows as soon as it is done; a pipe that nobody reads any more "
      "ends the job")
      ->type_name("FILE")
      ->group(results);
  add_path(app, "--trace", options.trace,
           "write what happened when, for Perfetto or Chrome's tracing page")
      ->type_name("FILE")
      ->group(results);
  add_sum_option(app, options);
  add_number(app, "--explain", options.explain, 0u, UINT32_MAX,
             "tell the life of this chunk after the run")
      ->type_name("CHUNK")
      ->group(results);
  add_live_options(app, options);
  add_talk_options(app, options, "no progress, no table: the three lines only");
  add_metrics_option(app, options.metrics)->group(results);
}

// What says all of a job, and so excludes it.
constexpr std::array kJobOptions = {"--tutorial-size", "--size",     "--center", "--span",
                                    "--view",          "--location", "--counts", "--max-iter",
                                    "--colours",       "--palette",  "--inside", "--outside",
                                    "--supersample",   "--smallest"};

void add_again_option(CLI::App& app, Options& options) {
  auto* again =
      add_path(
          app, "--again", options.again_file,
          "compute what this .png or .dzi shows (or a sidecar says) once more, and fail unless the "
          "counts are the same")
          ->type_name("FILE")
          ->group("The job");
  for (const char* name : kJobOptions) again->excludes(app.get_option(name));
  again->excludes(app.get_option("--expect-sum"));
}

// What it excludes is in the journal.
void add_resume_options(CLI::App& app, Options& options) {
  const char* interrupted = "Interrupted jobs";
  auto* resume = add_path(app, "--resume", options.resume,
                          "go on with the job of this journal (OUTPUT.journal, beside the first "
                          "output)")
                     ->type_name("FILE")
                     ->group(interrupted);
  auto* no_journal =
      app.add_flag("!--no-journal", options.keeps_journal,
                   "keep no journal: the job can't be resumed, and needs no second file");
  no_journal->excludes(resume)->group(interrupted);
  for (const char* name : kJobOptions) resume->excludes(app.get_option(name));
  for (const char* name : {"--again", "--chunks", "--output"})
    resume->excludes(app.get_option(name));
  app.add_flag("--continue", options.continues,
               "go on where this same command was interrupted before; begin where it was not. For "
               "batch systems, which start a command again as it was")
      ->excludes(resume)
      ->excludes(no_journal)
      ->group(interrupted);
}

CLI::App& add_sweep(CLI::App& app, Options& options, SweepOptions& sweep, RawOptions& raw) {
  CLI::App& command = *app.add_subcommand(
      "sweep",
      "what does the network cost? The job at several chunk counts, as a table and a page");
  command.footer(kSweepExamples);
  add_job_options(command, options, raw.job);
  add_read(command, "--chunks", raw.chunks, read_sweep_chunks,
           "chunk counts to compare, and what --chunks auto chooses")
      ->type_name("N,N,...")
      ->default_str(kSweepChunks)
      ->group("The job");
  add_number(command, "--repeat", sweep.repeats, 1u, 1000u, "runs at each count; medians are shown")
      ->type_name("R")
      ->group("The job");
  add_crew_options(command, options, raw);
  add_path(command, "--report", sweep.report,
           "write sweep.html, sweep.csv, sweep.json and plots to this folder")
      ->type_name("DIR")
      ->group("The results");
  add_live_options(command, options);
  add_talk_options(command, options, "no line for each run");
  return command;
}

CLI::App& add_doctor(CLI::App& app, Options& options, RawOptions& raw) {
  CLI::App& command = *app.add_subcommand(
      "doctor", "why does it not connect? Examines each worker, and says what to do");
  command.footer(kDoctorExamples);
  add_hosts_options(command, options, raw,
                    "workers to examine, desk[01-16] too; all addresses of dns:NAME[:PORT]; "
                    "auto[:PORT]: who answers on the local network");
  add_json_option(command, options);
  return command;
}

void add_info(CLI::App& app, Options& options) {
  app.add_subcommand("info", "how was this picture made? Shows what --again repeats")
      ->add_option("FILE", options.shown, "a .png or .dzi, or an output with a sidecar")
      ->required();
}

void add_recolour(CLI::App& app, Options& options, RawOptions& raw) {
  CLI::App& command =
      *app.add_subcommand("colour",
                          "colours counts again that were kept as .npy, without computing")
           ->alias("color");
  command.footer(kRecolourExamples);
  add_path(command, "COUNTS", options.recolour,
           "the counts: --output COUNTS.npy of a job; where it had --sidecar, what that says is "
           "used, too")
      ->required()
      ->configurable(false);
  add_place_options(command, options, raw.job);
  add_picture_options(command, options, raw.colours);
  command.add_flag("--quiet", options.is_quiet, "no progress")->group("The results");
  add_log_format_option(command, options.log_format)->group("The results");
  add_parent_option(command, options);
}

}  // namespace

std::variant<Options, int> parse_options(int argc, char** argv) {
  Options options;
  RawOptions raw;
  CLI::App app{
      "Computes the Mandelbrot set in chunks on workers, puts them together and verifies the sum."};
  app.name("mandel-master");
  app.footer(kExamples);
  SweepOptions sweep;
  CLI::App& sweeps = add_sweep(app, options, sweep, raw);
  CLI::App& doctor = add_doctor(app, options, raw);
  add_info(app, options);
  add_recolour(app, options, raw);
  const LinesCommands lines = add_lines(app, options, raw.job, raw.colours);
  add_job_options(app, options, raw.job);
  add_chunks_option(app, raw);
  add_crew_options(app, options, raw);
  add_output_options(app, options, raw);
  add_again_option(app, options);
  add_resume_options(app, options);
  app.set_version_flag("--version", fmt::format("mandel-master {}", kVersion));
  if (const auto exit_code = parse(app, argc, argv)) return *exit_code;
  options.is_doctor = doctor.parsed();
  if (sweeps.parsed()) options.sweep = sweep;
  for (const auto& [command, step] : lines)
    if (command->parsed()) options.lines = step;
  if (const auto finished = finish(options, std::move(raw)); !finished)
    return complain(finished.error(), kExitUsage);
  return options;
}

}  // namespace mandel
