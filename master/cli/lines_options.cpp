// See lines_options.h.
#include "master/cli/lines_options.h"

#include "common/program/shared_options.h"
#include "master/cli/common_options.h"
#include "master/cli/picture_options.h"

namespace mandel {
namespace {

constexpr const char* kSplitExamples = R"(Examples:
  mandel-master split --chunks 16 | mandel-master map | mandel-master reduce     sum 1148485
  mandel-master split --size 4000x4000 --max-iter 5000 >chunks                   one a line
  awk 'NR % 8 == 3' chunks                                                       an eighth of them

Exit codes: 0 done, 2 bad usage, 5 standard output could not be written.)";

constexpr const char* kMapExamples = R"(Examples:
  mandel-master map --with-counts <chunks >results                    on this machine
  parallel --pipe -N 4 mandel-master map --threads 1 <chunks          GNU parallel: 4 lines each time
  ssh desk1 mandel-master map <chunks | mandel-master reduce          on another

Exit codes: 0 done, 2 bad usage, also of a line that is no chunk, 3 a chunk could not be computed, 5
standard output could not be written, 7 too little memory or too few threads.)";

constexpr const char* kReduceExamples = R"(Examples:
  mandel-master reduce --expect-sum 1148485 <results
  cat results.* | mandel-master reduce --output big.png --output big.npy   (of map --with-counts)

Exit codes: 0 done, 2 bad usage, also of a line that is no result, 3 chunks are missing, or were
computed in two ways, or the sum is another, 5 an output could not be written, 130 interrupted.)";

CLI::App& add_split(CLI::App& app, Options& options, JobText& job) {
  CLI::App& command = *app.add_subcommand(
      "split", "a job's chunks, a line each, for other programs to hand to mandel-master map");
  command.footer(kSplitExamples);
  add_job_options(command, options, job);
  add_number(command, "--chunks", options.chunks, 1u, kSideMax,
             "bands of rows, a line each; default: by size")
      ->type_name("N")
      ->default_str("")
      ->group("The job");
  return command;
}

CLI::App& add_map(CLI::App& app, Options& options) {
  CLI::App& command = *app.add_subcommand(
      "map", "a filter that computes chunks: a line in, a line out, as they come");
  command.footer(kMapExamples);
  command
      .add_flag("--with-counts", options.maps_counts,
                "write the counts, too, for reduce --output; without it their sum and hash alone")
      ->group("The results");
  for (CLI::Option* option : add_lane_options(command, options.lanes, ""))
    option->group("The lanes");
  return command;
}

CLI::App& add_reduce(CLI::App& app, Options& options, std::string& colours) {
  CLI::App& command = *app.add_subcommand(
      "reduce", "puts the lines of any number of maps together: sum, verdict, pictures");
  command.footer(kReduceExamples);
  add_picture_options(command, options, colours);
  add_sum_option(command, options);
  add_json_option(command, options);
  command.add_flag("--quiet", options.is_quiet, "no table: the three lines only")
      ->group("The results");
  return command;
}

}  // namespace

LinesCommands add_lines(CLI::App& app, Options& options, JobText& job, std::string& colours) {
  const LinesCommands commands = {
      std::pair(&add_split(app, options, job), LinesStep::kSplit),
      std::pair(&add_map(app, options), LinesStep::kMap),
      std::pair(&add_reduce(app, options, colours), LinesStep::kReduce)};
  for (const auto& [command, step] : commands)
    add_log_format_option(*command, options.log_format)->group("The results");
  return commands;
}

}  // namespace mandel
