// mandel-bench: the ladder of kernels in one run, and micro-benchmarks of the pieces.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fmt/format.h>
#include <fstream>

#include "kernels/registry.h"
#include "tests/bench/ladder_report.h"
#include "tests/bench/micro.h"

namespace {

using namespace mandel;

constexpr const char* kExamples = R"(
examples:
  mandel-bench ladder                                   every kernel on the tutorial's picture
  mandel-bench ladder --view x --threads 2              the hard view, on two threads
  mandel-bench ladder --kernel simd,simd-full --repeat 20 --json ladder.json
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
  command.add_option("--threads", arguments.options.threads, "lanes that share the picture")
      ->capture_default_str()
      ->check(CLI::Range(1u, 1024u));
  command.add_option("--kernel", arguments.options.kernels, "only these, separated by commas")
      ->delimiter(',')
      ->check(CLI::IsMember(backend_names()));
  command.add_option("--repeat", arguments.options.repeats, "rounds of runs; the best time counts")
      ->capture_default_str()
      ->check(CLI::Range(1u, 10'000u));
  command.add_option("--json", arguments.json_path, "also write the results to this file");
}

int run_ladder(LadderArguments& arguments) {
  arguments.options.view = find_view(arguments.view);
  std::ofstream file;
  if (!arguments.json_path.empty()) {
    file.open(arguments.json_path);  // before the work, which would be lost
    if (!file) throw std::runtime_error("can't write to " + arguments.json_path);
  }
  const Ladder ladder = climb(arguments.options);
  fmt::print("{}", table(ladder));
  if (file.is_open() && !(file << json(ladder) << std::flush))
    throw std::runtime_error("can't write to " + arguments.json_path);
  if (!ladder.has_errors()) return 0;
  fmt::print(stderr, "mandel-bench: a kernel failed or gave wrong counts, see above\n");
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures the kernels of mandel.", "mandel-bench");
  app.footer(kExamples);
  app.require_subcommand(1);
  LadderArguments arguments;
  CLI::App* const ladder = app.add_subcommand("ladder", "every kernel on one view, in one run");
  ladder->footer(kExamples);
  add_ladder_options(*ladder, arguments);
  CLI::App* const micro = app.add_subcommand("micro", "Google Benchmark on the pieces");
  micro->prefix_command();
  CLI11_PARSE(app, argc, argv);
  try {
    if (micro->parsed()) return run_micro(argv[0], micro->remaining());
    return run_ladder(arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "mandel-bench: {}\n", error.what());
    return 1;
  }
}
