// See options.h.
#include "master/cli/options.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <span>

#include "common/program/cli.h"
#include "common/program/shared_options.h"
#include "common/program/version.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

constexpr const char* kExamples = R"(Examples:
  mandel-master                                     the tutorial's job on this machine: sum 1148485
  mandel-master --output mandelbrot.png             the same as a picture
  mandel-master --chunks 256 --hosts desk1,desk2    on the workers of two machines, port 5755
  mandel-master --size 1920x1080 --center -0.7453,0.1127 --span 6.5e-4 --max-iter 5000 \
                --output valley.png --colours fire  any view
  mandel-master --resume valley.png.journal         go on with a job that was interrupted
  mandel-master --listen 0.0.0.0:5756               on workers started with --join
  mandel-master sweep --hosts desk1,desk2           what does the network cost, by chunk size?
  mandel-master doctor --hosts desk1,desk2          why does it not connect?

Exit codes: 0 done, 2 bad usage, 3 verification failed, 4 no worker usable, 5 output could not be
written, 130 interrupted; of doctor: 6 some host can't be used.)";

constexpr const char* kDoctorExamples = R"(Examples:
  mandel-master doctor --hosts desk1,desk2                      what is wrong, and what to do
  mandel-master doctor --hosts desk1 --json doctor.json         the same for programs

Exit codes: 0 every host can be used, 2 bad usage, 5 the JSON could not be written, 6 some host can't
be used.)";

constexpr const char* kSweepExamples = R"(Examples:
  mandel-master sweep --hosts desk1,desk2                       the tutorial's job, 1 chunk to 500
  mandel-master sweep --hosts desk1 --size 4000x4000 --chunks 1,8,64,512 --report sweep
)";
constexpr const char* kSweepChunks = "1,2,4,8,16,32,64,128,256,512,1024,auto";

constexpr std::uint64_t kChunkPixelsDefault = 1u << 20;
constexpr std::uint32_t kChunksDefault = 64;
constexpr std::uint32_t kChunkRowsDefault = 16;  // what the kernel's tiles want; see docs/ladder.md
constexpr std::uint32_t kChunksFew = 8;          // of a picture too low for that

// `text` as exactly values.size() numbers with `separator` between.
template <typename Number>
bool parse_numbers(std::string_view text, char separator, std::span<Number> values) {
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (k > 0 && (at == end || *at++ != separator)) return false;
    const auto [next, error] = std::from_chars(at, end, values[k]);
    if (error != std::errc{}) return false;
    at = next;
  }
  return at == end;
}

// Sizes that leave room for the arithmetic on them.
constexpr double kSpanMin = 1e-300;
bool in_reach(double number) { return std::abs(number) <= 1e100; }

Result<View> from_corners(const std::string& text, std::uint32_t columns, std::uint32_t rows) {
  std::array<double, 4> corners{};
  if (!parse_numbers<double>(text, ',', corners))
    return fail(fmt::format("--view '{}': give four numbers, X1,X2,Y1,Y2", text));
  const auto [x1, x2, y1, y2] = corners;
  if (!std::ranges::all_of(corners, in_reach))
    return fail(fmt::format("--view '{}': the numbers must be from -1e100 to 1e100", text));
  if (!(x1 < x2 && y1 < y2))
    return fail(fmt::format("--view '{}': X1 must be below X2, and Y1 below Y2", text));
  return View{
      x1 + (x2 - x1) / 2, y1 + (y2 - y1) / 2, (x2 - x1) / columns, (y2 - y1) / rows, columns, rows};
}

Result<View> from_centre(const ViewText& text, std::uint32_t columns, std::uint32_t rows) {
  constexpr double kWholeSetX = -0.75;
  constexpr double kWholeSetWidth = 3.0;
  constexpr double kWholeSetHeight = 2.6;
  std::array<double, 2> centre = {kWholeSetX, 0};
  if (!text.center.empty() && !parse_numbers<double>(text.center, ',', centre))
    return fail(fmt::format("--center '{}': give two numbers, RE,IM", text.center));
  if (!std::ranges::all_of(centre, in_reach))
    return fail(
        fmt::format("--center '{}': the numbers must be from -1e100 to 1e100", text.center));
  double span = std::max(kWholeSetWidth, kWholeSetHeight * columns / rows);
  if (!text.span.empty() && (!parse_numbers<double>(text.span, ',', {&span, 1}) ||
                             !(span >= kSpanMin) || !in_reach(span)))
    return fail(fmt::format("--span '{}': give the view's width, a number from 1e-300 to 1e100",
                            text.span));
  const double step = span / columns;
  return View{centre[0], centre[1], step, step, columns, rows};
}

// Called by CLI11 for every address list, so that the error names the option.
std::string check_hosts(const std::string& text) {
  const auto hosts = parse_hosts(text);
  return hosts ? "" : hosts.error().what;
}

std::string check_output(const std::string& path) {
  const auto checked = check_extension(path);
  return checked ? "" : checked.error().what;
}

std::string check_colours(const std::string& text) {
  const auto map = ColourMap::make(text);
  return map ? "" : map.error().what;
}

std::string check_codec(const std::string& text) {
  return codec_named(text) ? "" : fmt::format("'{}': give auto, lz4 or none", text);
}

struct ChunkList {
  std::vector<std::uint32_t> counts;
  bool has_auto = false;
};

// "1,16,auto"
Result<ChunkList> parse_chunks(const std::string& text) {
  ChunkList list;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const auto word = std::string_view(text).substr(at, end - at);
    std::uint32_t count = 0;
    if (word == "auto")
      list.has_auto = true;
    else if (parse_numbers<std::uint32_t>(word, ',', {&count, 1}) && count > 0 && count <= kSideMax)
      list.counts.push_back(count);
    else
      return fail(fmt::format("'{}': give numbers from 1 to {}, or auto", text, kSideMax));
    at = end + 1;
  }
  return list;
}

// Of a job: one number, or auto.
std::string check_chunks(const std::string& text) {
  const auto list = parse_chunks(text);
  if (!list) return list.error().what;
  return list->counts.size() + list->has_auto == 1
             ? ""
             : fmt::format("'{}': give one number, or auto; several are for a sweep", text);
}

std::string check_sweep_chunks(const std::string& text) {
  const auto list = parse_chunks(text);
  if (!list) return list.error().what;
  return list->counts.empty() ? fmt::format("'{}': give one number at least", text) : "";
}

struct RawOptions {
  std::uint32_t tutorial_size = 1000;
  std::string chunks;
  ViewText view;
  std::string hosts;
  std::string hosts_file;
  std::string codec = "auto";
};

Result<void> finish(Options& options, const RawOptions& raw, bool has_view) {
  if (has_view) {
    const auto view = parse_view(raw.view);
    if (!view) return tl::unexpected(view.error());
    options.job.grid = *view;
  } else {
    options.job.grid = TutorialGrid{raw.tutorial_size};
  }
  options.codec = *codec_named(raw.codec);
  if (!raw.chunks.empty()) {
    const ChunkList list = *parse_chunks(raw.chunks);
    options.chooses_chunks = list.has_auto;
    if (options.sweep)
      options.sweep->chunks = list.counts;
    else if (!list.has_auto)
      options.chunks = list.counts.front();
  }
  if (!raw.hosts.empty()) options.hosts = *parse_hosts(raw.hosts);
  options.hosts.file = raw.hosts_file;
  if (!options.listen.empty()) {
    const auto address = parse_address(options.listen, true);
    if (!address) return fail("--listen: " + address.error().what);
  }
  if (options.is_doctor && options.hosts.empty())
    return fail("doctor: name the workers to examine with --hosts or --hosts-file");
  if (const auto checked = check(options.job); !checked)
    return fail((has_view ? "--size, --max-iter: " : "--tutorial-size, --max-iter: ") +
                checked.error().what);
  return {};
}

void add_view_options(CLI::App& app, Options& options, RawOptions& raw) {
  const char* job = "The job";
  auto* tutorial = app.add_option("--tutorial-size", raw.tutorial_size,
                                  "the tutorial's grid for this request (1000: 500x500)")
                       ->type_name("N")
                       ->check(CLI::Range(1u, kSideMax))
                       ->capture_default_str()
                       ->group(job);
  app.add_option("--size", raw.view.size, "instead: a view of so many pixels")
      ->type_name("WxH")
      ->excludes(tutorial)
      ->group(job);
  auto* centre = app.add_option("--center", raw.view.center, "the view's centre")
                     ->type_name("RE,IM")
                     ->excludes(tutorial)
                     ->group(job);
  auto* span = app.add_option("--span", raw.view.span, "the view's width in the plane")
                   ->type_name("WIDTH")
                   ->excludes(tutorial)
                   ->group(job);
  app.add_option("--view", raw.view.view, "or the view by its corners")
      ->type_name("X1,X2,Y1,Y2")
      ->excludes(tutorial)
      ->excludes(centre)
      ->excludes(span)
      ->group(job);
  app.add_option("--max-iter", options.job.max_iter, "iterations after which a point is inside")
      ->type_name("N")
      ->check(CLI::Range(0u, kIterMax))
      ->capture_default_str()
      ->group(job);
}

void add_chunks_option(CLI::App& app, RawOptions& raw) {
  app.add_option("--chunks", raw.chunks,
                 "bands of rows to hand out; auto: as many as suit the network, by what the first "
                 "few show; default: by size")
      ->type_name("N|auto")
      ->check(check_chunks)
      ->group("The job");
}

std::pair<CLI::Option*, CLI::Option*> add_hosts_options(CLI::App& app, Options& options,
                                                        RawOptions& raw, const char* description) {
  const char* workers = "The workers";
  auto* hosts = app.add_option("--hosts", raw.hosts, description)
                    ->type_name("HOST[:PORT],...")
                    ->check(check_hosts)
                    ->group(workers);
  auto* file =
      app.add_option("--hosts-file", raw.hosts_file,
                     "the same, one a line, from a file that may change while the job runs")
          ->type_name("FILE")
          ->group(workers);
  for (CLI::Option* option : add_key_options(app, options.credentials)) option->group(workers);
  return {hosts, file};
}

void add_json_option(CLI::App& app, Options& options) {
  app.add_option("--json", options.json, "write figures for programs")
      ->type_name("FILE")
      ->group("The results");
}

void add_crew_options(CLI::App& app, Options& options, RawOptions& raw) {
  const char* workers = "The workers";
  const auto [hosts, hosts_file] =
      add_hosts_options(app, options, raw,
                        "workers to use, desk[01-16] too; all addresses of dns:NAME[:PORT]; "
                        "auto[:PORT]: who answers on the local network; default: one inside this "
                        "process");
  auto* listen =
      app.add_option("--listen", options.listen,
                     "where workers may come in by themselves, with mandel-worker --join")
          ->type_name("HOST:PORT")
          ->group(workers);
  app.add_option("--patience", options.patience_s,
                 "seconds without any usable worker before giving up")
      ->type_name("S")
      ->check(CLI::Range(0.0, 1e9))
      ->capture_default_str()
      ->group(workers);
  app.add_option("--codec", raw.codec,
                 "how counts travel: lz4 compresses, none does not, auto: lz4 from other machines")
      ->type_name("NAME")
      ->check(check_codec)
      ->capture_default_str()
      ->group(workers);
  app.add_option("--threads", options.lanes.threads,
                 "CPU lanes of the worker inside; default: one for each usable CPU")
      ->type_name("N")
      ->check(CLI::Range(1u, kLanesMax))
      ->excludes(hosts)
      ->excludes(hosts_file)
      ->excludes(listen)
      ->group(workers);
  app.add_option("--kernel", options.lanes.kernel,
                 "kernel of the worker inside, see --list-kernels")
      ->type_name("NAME")
      ->excludes(hosts)
      ->excludes(hosts_file)
      ->excludes(listen)
      ->capture_default_str()
      ->group(workers);
  app.add_flag("--require-gpu", options.lanes.require_gpu,
               "fail rather than let the worker inside use the CPU only")
      ->excludes(hosts)
      ->excludes(hosts_file)
      ->excludes(listen)
      ->group(workers);
  add_action(
      app, "--list-kernels", [] { fmt::print("{}", kernel_table()); },
      "show every kernel with its self-test")
      ->group(workers);
}

void add_talk_options(CLI::App& app, Options& options, const char* quiet) {
  app.add_flag("--quiet", options.is_quiet, quiet)->group("The results");
  app.add_flag("--verbose", options.is_verbose, "log workers that come and go")
      ->group("The results");
  add_log_format_option(app, options.log_format)->group("The results");
}

void add_output_options(CLI::App& app, Options& options) {
  const char* results = "The results";
  app.add_option("--audit", options.audit,
                 "share of chunks that a second worker computes again; machines that miscount are "
                 "thrown out")
      ->type_name("FRACTION")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str()
      ->group("The workers");
  app.add_option("--output", options.outputs,
                 "write the counts: .png, .npy (uint32 array), .raw or .pgm; may be given again")
      ->type_name("FILE")
      ->check(check_output)
      ->group(results);
  app.add_option("--colours,--colors", options.colours, "of a .png: " + ColourMap::names())
      ->type_name("NAME")
      ->check(check_colours)
      ->capture_default_str()
      ->group(results);
  add_json_option(app, options);
  app.add_option("--trace", options.trace,
                 "write what happened when, for Perfetto or Chrome's tracing page")
      ->type_name("FILE")
      ->group(results);
  app.add_option("--expect-sum", options.expect_sum, "fail unless the counts add up to this")
      ->type_name("SUM")
      ->group(results);
  app.add_option("--explain", options.explain, "tell the life of this chunk after the run")
      ->type_name("CHUNK")
      ->group(results);
  add_talk_options(app, options, "no progress, no table: the three lines only");
  add_metrics_option(app, options.metrics)->group(results);
}

// What it excludes is in the journal.
void add_resume_options(CLI::App& app, Options& options) {
  const char* interrupted = "Interrupted jobs";
  auto* resume = app.add_option("--resume", options.resume,
                                "go on with the job of this journal (OUTPUT.journal, beside the "
                                "first output)")
                     ->type_name("FILE")
                     ->group(interrupted);
  auto* no_journal =
      app.add_flag("!--no-journal", options.keeps_journal,
                   "keep no journal: the job can't be resumed, and needs no second file");
  no_journal->excludes(resume)->group(interrupted);
  for (const char* name : {"--tutorial-size", "--size", "--center", "--span", "--view",
                           "--max-iter", "--chunks", "--output", "--colours"})
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
  add_view_options(command, options, raw);
  command
      .add_option_function<std::string>(
          "--chunks", [&raw](const std::string& text) { raw.chunks = text; },
          "chunk counts to compare, and what --chunks auto chooses")
      ->type_name("N,N,...")
      ->check(check_sweep_chunks)
      ->default_str(kSweepChunks)
      ->group("The job");
  command.add_option("--repeat", sweep.repeats, "runs at each count; medians are shown")
      ->type_name("R")
      ->check(CLI::Range(1u, 1000u))
      ->capture_default_str()
      ->group("The job");
  add_crew_options(command, options, raw);
  command
      .add_option("--report", sweep.report,
                  "write sweep.html, sweep.csv, sweep.json and plots to this folder")
      ->type_name("DIR")
      ->group("The results");
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

}  // namespace

Result<View> parse_view(const ViewText& text) {
  std::array<std::uint32_t, 2> size = {1000, 1000};
  if (!text.size.empty() && !parse_numbers<std::uint32_t>(text.size, 'x', size))
    return fail(fmt::format("--size '{}': give WIDTHxHEIGHT in pixels, like 1920x1080", text.size));
  const auto [columns, rows] = size;
  if (columns == 0 || rows == 0 || columns > kSideMax || rows > kSideMax)
    return fail(fmt::format("--size '{}': both must be from 1 to {}", text.size, kSideMax));
  return text.view.empty() ? from_centre(text, columns, rows)
                           : from_corners(text.view, columns, rows);
}

bool computes_inside(const Options& options) {
  return options.hosts.empty() && options.listen.empty();
}

ChunkCount choose_chunks(std::optional<std::uint32_t> asked, std::uint32_t columns,
                         std::uint32_t rows) {
  const std::uint64_t pixels = std::uint64_t{columns} * rows;
  const auto by_size =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(pixels / kChunkPixelsDefault, rows));
  const std::uint32_t by_rows = std::max(rows / kChunkRowsDefault, std::min(rows, kChunksFew));
  const std::uint32_t wanted = asked.value_or(std::max(std::min(kChunksDefault, by_rows), by_size));
  if (wanted > rows)
    return {rows, asked ? fmt::format("--chunks {}: there are only {} rows, so {} chunks", *asked,
                                      rows, rows)
                        : ""};
  const std::uint64_t row_bytes = std::uint64_t{columns} * sizeof(std::uint32_t);
  const auto rows_per_chunk_max =
      static_cast<std::uint32_t>(std::min<std::uint64_t>(kChunkBytesMax / row_bytes, rows));
  const std::uint32_t fewest = (rows + rows_per_chunk_max - 1) / rows_per_chunk_max;
  if (wanted < fewest)
    return {fewest,
            fmt::format("--chunks {}: a chunk holds at most 32 MiB, so {} chunks", wanted, fewest)};
  return {wanted, ""};
}

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
  add_view_options(app, options, raw);
  add_chunks_option(app, raw);
  add_crew_options(app, options, raw);
  add_output_options(app, options);
  add_resume_options(app, options);
  app.set_version_flag("--version", fmt::format("mandel-master {}", kVersion));
  if (const auto exit_code = parse(app, argc, argv)) return *exit_code;
  options.is_doctor = doctor.parsed();
  if (sweeps.parsed()) {
    options.sweep = sweep;
    if (raw.chunks.empty()) raw.chunks = kSweepChunks;
  }
  const ViewText& view = raw.view;
  const bool has_view = !(view.size + view.center + view.span + view.view).empty();
  if (const auto finished = finish(options, raw, has_view); !finished)
    return complain(finished.error(), kExitUsage);
  return options;
}

}  // namespace mandel
