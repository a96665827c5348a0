// mandel-bench: the ladder of kernels in one run, what the system around them costs, and
// micro-benchmarks of the pieces.
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <stdexcept>

#include "common/base/malloc_tuning.h"
#include "common/program/cli.h"
#include "common/program/door.h"
#include "common/program/log.h"
#include "common/program/shared_options.h"
#include "common/program/streams.h"
#include "kernels/registry.h"
#include "master/sinks/output_file.h"
#ifdef MANDEL_HAVE_DEEP
#include "tests/bench/deep.h"
#endif
#include "tests/bench/echo.h"
#include "tests/bench/ladder_report.h"
#include "tests/bench/micro.h"
#include "tests/bench/overhead.h"
#include "tests/bench/overhead_report.h"

namespace {

using namespace mandel;

constexpr const char* kExamples = R"(
examples:
  mandel-bench ladder                                   every kernel on the tutorial's picture
  mandel-bench ladder --view x --threads 2              the hard view, on two threads
  mandel-bench ladder --kernel simd,simd-full --repeat 20 --json ladder.json
  mandel-bench deep --place own30 --side 96             deep zoom beside the oracle
  mandel-bench overhead                                 this system beside bare ZeroMQ
  mandel-bench micro --benchmark_filter=call            Google Benchmark's options go through
)";

struct LadderArguments {
  std::string view = "a";
  std::string json_path;
  LadderOptions options;
};

std::vector<std::string> backend_names() {
  std::vector<std::string> names;
  for (const Backend& backend : backends()) names.emplace_back(backend.name);
  return names;
}

void add_ladder_options(CLI::App& command, LadderArguments& arguments) {
  command.add_option("--view", arguments.view, "one of: " + known_views())
      ->capture_default_str()
      ->check([](const std::string& name) {
        return find_view(name) ? ""
                               : "no view is called '" + name + "'; there are: " + known_views();
      });
  add_number(command, "--threads", arguments.options.threads, 1u, 1024u,
             "lanes that share the picture");
  command
      .add_option("--kernel", arguments.options.kernels,
                  "only these, separated by commas; default: all, but of OpenCL those of a GPU")
      ->delimiter(',')
      ->check(CLI::IsMember(backend_names()));
  add_number(command, "--repeat", arguments.options.repeats, 1u, 10'000u,
             "rounds of runs; the best time counts");
  command.add_option("--json", arguments.json_path, "also write the results to this file");
}

// Before the work, which would be lost. Nothing if no path is given.
std::optional<OutputFile> open_json(const std::string& path) {
  if (path.empty()) return std::nullopt;
  auto file = OutputFile::create(path);
  if (!file) throw std::runtime_error(file.error().what);
  return *std::move(file);
}

void write_json(std::optional<OutputFile>& file, const std::string& text) {
  if (!file) return;
  auto written = file->write(std::as_bytes(std::span(text)));
  if (written) written = file->commit();
  if (!written) throw std::runtime_error(written.error().what);
}

int run_ladder(LadderArguments& arguments) {
  arguments.options.view = find_view(arguments.view);
  auto file = open_json(arguments.json_path);
  const Ladder ladder = climb(arguments.options);
  write_json(file, json(ladder));
  print_result(table(ladder));
  if (!ladder.has_errors()) return 0;
  return complain({"a kernel failed or gave wrong counts, see above"}, kExitFailure);
}

struct OverheadArguments {
  OverheadOptions options;
  std::string json_path;
};

void add_overhead_options(CLI::App& command, OverheadArguments& arguments) {
  OverheadOptions& options = arguments.options;
  options.self = std::filesystem::read_symlink("/proc/self/exe");
  options.worker = std::filesystem::path(options.self).replace_filename("mandel-worker");
  command.add_option("--worker", options.worker, "the mandel-worker to measure")
      ->capture_default_str()
      ->check(CLI::ExistingFile);
  add_number(command, "--tasks", options.tasks, 1u, 1u << 20, "tiny chunks in a run");
  add_number(command, "--payloads", options.payloads, 1u, 2048u, "chunks of 1 MiB in a run");
  add_number(command, "--repeat", options.repeats, 1u, 10'000u,
             "rounds of runs; their median counts");
  command.add_option("--json", arguments.json_path, "also write the results to this file");
}

int run_overhead(const OverheadArguments& arguments) {
  auto file = open_json(arguments.json_path);
  log_to_stderr(false, LogFormat::kHuman);
  const auto loads = measure_overhead(arguments.options);
  write_json(file, overhead_json(loads));
  print_result(overhead_table(loads, arguments.options.repeats));
  return 0;
}

#ifdef MANDEL_HAVE_DEEP
void add_deep_options(CLI::App& command, DeepOptions& options) {
  command.add_option("--place", options.places, "only these, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(deep_places()));
  add_number(command, "--side", options.side, 1u, 4096u, "of the picture, in pixels");
  add_number(command, "--oracle-pixels", options.oracle_pixels, 1u, 4096u,
             "pixels for the oracle, evenly spread");
  add_number(command, "--repeat", options.repeats, 1u, 1000u, "runs; the best time counts");
  command.add_flag("--loops", options.has_loops,
                   "also the parts: without jumps, without the bound");
}

int run_deep(const DeepOptions& options) {
  const auto figures = measure_deep(options);
  print_result(deep_table(figures, options));
  for (const DeepFigures& row : figures)
    if (!row.is_right) return complain({"wrong counts, see above"}, kExitFailure);
  return 0;
}
#endif

// The bare side's worker, a process of its own.
void add_echo_options(CLI::App& command, EchoReply& reply) {
  command.group("");  // for `overhead` only: not in --help
  add_number(command, "--head", reply.head_bytes, std::size_t{0}, std::size_t{1} << 16, "");
  add_number(command, "--body", reply.body_bytes, std::size_t{0}, std::size_t{1} << 25, "");
  command.add_option("--copy", reply.is_copied);
  command.add_option("--key", reply.key_file);
}

int bench(int argc, char** argv) {
  keep_freed_memory();  // as the daemons do, and bare ZeroMQ beside them
  CLI::App app("Measures the kernels of mandel.", "mandel-bench");
  app.footer(kExamples);
  app.require_subcommand(1);
  LadderArguments arguments;
  CLI::App* const ladder = app.add_subcommand("ladder", "every kernel on one view, in one run");
  ladder->footer(kExamples);
  add_ladder_options(*ladder, arguments);
  OverheadArguments overhead_arguments;
  CLI::App* const overhead =
      app.add_subcommand("overhead", "what the system adds, beside bare ZeroMQ, in one run");
  add_overhead_options(*overhead, overhead_arguments);
  EchoReply reply;
  CLI::App* const echo = app.add_subcommand("echo");
  add_echo_options(*echo, reply);
#ifdef MANDEL_HAVE_DEEP
  DeepOptions deep_options;
  CLI::App* const deep = app.add_subcommand("deep", "deep zoom at known places, in one run");
  add_deep_options(*deep, deep_options);
#endif
  CLI::App* const micro = app.add_subcommand("micro", "Google Benchmark on the pieces");
  micro->prefix_command();
  CLI11_PARSE(app, argc, argv);
  try {
    if (micro->parsed()) return run_micro(argv[0], micro->remaining());
    if (overhead->parsed()) return run_overhead(overhead_arguments);
    if (echo->parsed()) serve_echo(reply);
#ifdef MANDEL_HAVE_DEEP
    if (deep->parsed()) return run_deep(deep_options);
#endif
    return run_ladder(arguments);
  } catch (const std::exception& error) {
    return complain({error.what()}, kExitFailure);
  }
}

}  // namespace

int main(int argc, char** argv) { return run_program(bench, argc, argv); }
