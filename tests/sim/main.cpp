// mandel-sim: lives through the jobs of the given seeds and says what went wrong. A failing seed
// tells its whole story with --seed N --verbose.
#include <CLI/CLI.hpp>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "tests/sim/simulation.h"

namespace mandel::sim {
namespace {

std::uint64_t seed_in_hand = 0;
int exit_of_assert = 1;

// The plan's own assertions abort; the seed must be told all the same.
void tell_seed(int) {
  const std::string line = fmt::format("seed {}: the plan's own assertion\n", seed_in_hand);
  [[maybe_unused]] const auto written = write(STDERR_FILENO, line.data(), line.size());
  _exit(exit_of_assert);
}

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

long peak_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss / 1024;
}

int bench(std::uint32_t workers, std::uint32_t chunks) {
  const double before = cpu_seconds();
  const Report report = simulate(crowd(workers, chunks), {.has_referee = false});
  const double took = cpu_seconds() - before;
  const auto events = static_cast<double>(report.events);
  fmt::print("{} workers, {} chunks: {:.1f} s simulated in {:.1f} s of CPU\n", workers, chunks,
             seconds(report.makespan), took);
  fmt::print("{} events, {:.0f} a second; plan {:.0f} ns an event, {:.0f} ns a chunk; {} MiB\n",
             report.events, events / took, report.plan_ns / events, report.plan_ns / chunks,
             peak_mib());
  return 0;
}

// What all jobs together came to.
struct Tally {
  std::uint64_t jobs = 0;
  std::uint64_t failed = 0;
  std::uint64_t events = 0;
  std::uint64_t cursed = 0;
  std::uint64_t set_aside = 0;
  std::uint64_t given_up = 0;
  double simulated_s = 0;
  double plan_s = 0;

  void add(const Tally& other) {
    jobs += other.jobs;
    failed += other.failed;
    events += other.events;
    cursed += other.cursed;
    set_aside += other.set_aside;
    given_up += other.given_up;
    simulated_s += other.simulated_s;
    plan_s += other.plan_s;
  }
  void print() const {
    fmt::print(
        "{} jobs, {:.0f} simulated hours, {} events ({:.0f} ns of the plan each); {} chunks of {} "
        "that nobody can compute set aside, {} jobs given up for want of a worker; {} failed\n",
        jobs, simulated_s / 3600, events, 1e9 * plan_s / static_cast<double>(events), set_aside,
        cursed, given_up, failed);
  }
};

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t seeds = 1;
  std::uint32_t processes = 1;
  Overrides overrides;
  bool is_verbose = false;
  bool is_bench = false;
  bool is_hunt = false;
  bool is_referee_only = false;
};

// Every so manieth of the seeds, beginning with this one.
Tally run(const Options& options, std::uint64_t first) {
  Tally tally;
  for (std::uint64_t seed = first; seed < options.seed + options.seeds; seed += options.processes) {
    seed_in_hand = seed;
    const Scenario scenario = draw(seed, options.overrides);
    if (options.is_verbose) fmt::print("seed {}: {}\n", seed, in_words(scenario));
    const Report report = simulate(
        scenario, {.asks_plan = !options.is_referee_only, .is_verbose = options.is_verbose});
    if (options.is_verbose)
      fmt::print("{} s, {} events, {} set aside, trace {:016x}\n", seconds(report.makespan),
                 report.events, report.set_aside, report.trace);
    tally.add({.jobs = 1,
               .failed = report.breach.empty() ? 0u : 1u,
               .events = report.events,
               .cursed = scenario.cursed(),
               .set_aside = report.set_aside,
               .given_up = report.is_given_up ? 1u : 0u,
               .simulated_s = seconds(report.makespan),
               .plan_s = 1e-9 * report.plan_ns});
    if (report.breach.empty()) continue;
    fmt::print("seed {}: {}\n", seed, report.breach);
    std::fflush(stdout);
    if (options.is_hunt) break;
  }
  return tally;
}

// A mutant must be caught; the plan must not be.
int hunt(const Options& options) {
  exit_of_assert = 0;
  const Tally tally = run(options, options.seed);
  fmt::print("{} {} seeds\n", tally.failed > 0 ? "caught after" : "not caught by", tally.jobs);
  return tally.failed > 0 ? 0 : 1;
}

// Each process has its share of the seeds. One that aborts has told its seed, and counts as failed.
int soak(const Options& options) {
  std::vector<int> pipes;
  for (std::uint32_t n = 0; n < options.processes; ++n) {
    int ends[2];
    if (pipe(ends) != 0) return 1;
    if (fork() == 0) {
      const Tally tally = run(options, options.seed + n);
      _exit(write(ends[1], &tally, sizeof tally) == sizeof tally ? 0 : 1);
    }
    close(ends[1]);
    pipes.push_back(ends[0]);
  }
  Tally all;
  for (const int end : pipes) {
    Tally one{.failed = 1};
    [[maybe_unused]] const auto size = read(end, &one, sizeof one);
    all.add(one);
  }
  while (wait(nullptr) > 0) {
  }
  all.print();
  return all.failed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace mandel::sim

int main(int argc, char** argv) {
  using namespace mandel::sim;
  CLI::App app{"Simulates the master's plan with a fleet and a network in which much goes wrong."};
  Options options;
  app.add_option("--seed", options.seed, "first seed")->capture_default_str();
  app.add_option("--seeds", options.seeds, "how many seeds")->capture_default_str();
  app.add_option("--processes", options.processes, "share them among so many, and tell figures")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--workers", options.overrides.workers, "instead of the number drawn");
  app.add_option("--chunks", options.overrides.chunks, "instead of the number drawn");
  app.add_flag("--verbose", options.is_verbose, "tell every event and action");
  app.add_flag("--bench", options.is_bench, "measure the plan; nothing goes wrong");
  app.add_flag("--hunt", options.is_hunt, "succeed if some seed fails, for plans that are broken");
  app.add_flag("--referee-only", options.is_referee_only,
               "leave all to the referee: no Plan::check()");
  CLI11_PARSE(app, argc, argv);
  std::signal(SIGABRT, tell_seed);
  if (options.is_bench)
    return bench(options.overrides.workers.value_or(100),
                 options.overrides.chunks.value_or(100000));
  if (options.is_hunt) return hunt(options);
  if (options.processes > 1) return soak(options);
  return run(options, options.seed).failed > 0 ? 1 : 0;
}
