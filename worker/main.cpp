// mandel-worker: reads the command line, says in one line what it is, and serves.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "common/base/malloc_tuning.h"
#include "common/keys/key_ring.h"
#include "common/net/address.h"
#include "common/net/resolver.h"
#include "common/net/tcp.h"
#include "common/program/cli.h"
#include "common/program/config.h"
#include "common/program/door.h"
#include "common/program/lanes.h"
#include "common/program/log.h"
#include "common/program/metrics_page.h"
#include "common/program/resources.h"
#include "common/program/shared_options.h"
#include "common/program/streams.h"
#include "common/program/version.h"
#include "worker/daemon.h"
#include "worker/default_listening.h"
#include "worker/service_manager.h"
#include "worker/sessions.h"

namespace {

using namespace mandel;

constexpr Nanoseconds kFirstLookTime = 2 * kSecond;  // at the name of a master to join

struct Options {
  std::string listen;  // HOST:PORT; empty: by whether there is a key
  std::string join;    // HOST:PORT of a master; empty: it listens
  LaneChoice lanes;
  std::size_t credit = 0;
  std::size_t results_mib = MemoryBudget::Limits{}.bytes >> 20;
  bool is_discoverable = true;
  Credentials credentials{KeyRing::Role::kWorker};
  std::string metrics;  // HOST:PORT; empty: none are served
  bool is_verbose = false;
  LogFormat log_format = LogFormat::kHuman;
};

// Of the process itself and a few masters. Before libzmq finds out for itself, and aborts.
constexpr std::size_t kDescriptors = 48;
constexpr std::size_t kThreads = 8;

constexpr const char* kExamples = R"(Examples:
  mandel-worker                                    serve those whose keys it knows, on port 5755;
                                                   without a key this machine only
  mandel-worker --listen 127.0.0.1:0 --threads 1   one lane, on a port that the system picks
  mandel-worker --join desk9:5756                  dial mandel-master --listen there, instead
  mandel-worker --list-kernels                     what this machine can compute with

Exit codes: 0 drained or told to leave, 1 a lane hung, 2 bad usage, 4 can't listen there, 7 too
little memory, or too few threads or file descriptors.)";

// ZeroMQ binds numbers, not names.
Result<Address> listen_address(const Options& options) {
  const auto address = parse_address(options.listen, {.may_be_zero = true});
  if (!address) return fail("--listen: " + address.error().what);
  auto numeric = resolve(*address);
  if (!numeric) return fail("--listen: " + numeric.error().what);
  return numeric;
}

// Masters that know the address don't need this, so that it may fail.
void be_found(WorkerDaemon& daemon) {
  const auto found = daemon.be_found();
  if (!found)
    spdlog::warn("--hosts auto will not find this worker, since the port is taken: {}",
                 found.error().what);
}

// How the daemon meets its masters.
struct Meeting {
  std::string endpoint = {};
  std::optional<KeyRing> keys = {};
  std::optional<Address> joins = {};
  std::function<Result<Security>(const Address& named, const Address& numeric)> joins_by = {};
  bool is_local = false;
  std::string remark = {};
};

Meeting meeting_by_default(const Options& options) {
  auto listening = default_listening(options.credentials, has_ipv6());
  return {.endpoint = listening.address.endpoint(),
          .keys = std::move(listening.keys),
          .is_local = is_loopback(listening.address),
          .remark = std::move(listening.remark)};
}

Result<Meeting> meeting_by_listening(const Options& options) {
  const auto address = listen_address(options);
  if (!address) return tl::unexpected(address.error());
  auto keys = options.credentials.of_listener(*address);
  if (!keys)
    return fail(fmt::format("--listen {}: other machines can reach this, but {}", options.listen,
                            keys.error().what));
  return Meeting{
      .endpoint = address->endpoint(), .keys = *std::move(keys), .is_local = is_loopback(*address)};
}

// A name that does not resolve now may do so later. One that does shows now whether a key is
// wanting.
Result<Meeting> meeting_by_joining(const Options& options) {
  const auto master = parse_address(options.join, {.default_port = {}});
  if (!master) return fail("--join: " + master.error().what);
  auto security = [credentials = options.credentials](const Address& named,
                                                      const Address& numeric) {
    return credentials.towards(named, numeric);
  };
  const auto all = resolve_within(*master, kFirstLookTime);
  if (all)
    if (const auto now = security(*master, all->front()); !now)
      return fail(fmt::format("--join {}: {}", options.join, now.error().what));
  return Meeting{.joins = *master,
                 .joins_by = std::move(security),
                 .is_local = all && is_loopback(all->front())};
}

// Names may take seconds, and Ctrl-C has to end the process meanwhile.
Result<Meeting> meeting_of(const Options& options, StopSignals& signals) {
  signals.let_kill();
  auto meeting = !options.join.empty()    ? meeting_by_joining(options)
                 : options.listen.empty() ? meeting_by_default(options)
                                          : meeting_by_listening(options);
  signals.hold();
  return meeting;
}

int serve(const Options& options) {
  need_descriptors(kDescriptors, "a worker and its masters");
  need_threads(kThreads + lanes_wanted(options.lanes),
               fmt::format("{} lanes and the worker itself", lanes_wanted(options.lanes)));
  StopSignals signals;  // before a GPU's runtime starts threads
  const auto meeting = meeting_of(options, signals);
  if (!meeting) return complain(meeting.error(), kExitUsage);
  const auto chosen = choose_lanes(options.lanes);
  if (!chosen) return complain(chosen.error(), kExitUsage);
  for (const std::string& remark : chosen->remarks) spdlog::warn("{}", remark);

  zmq::context_t context;
  Metrics metrics;
  std::optional<WorkerMetrics> worker_metrics;
  if (!options.metrics.empty()) worker_metrics.emplace(metrics);
  ServiceManager manager;
  auto daemon =
      WorkerDaemon::start(context, {.endpoint = meeting->endpoint,
                                    .lanes = chosen->lanes,
                                    .signals = &signals,
                                    .metrics = worker_metrics ? &*worker_metrics : nullptr,
                                    .manager = &manager,
                                    .keys = meeting->keys,
                                    .credit = options.credit,
                                    .results_bytes = options.results_mib << 20,
                                    .remarks = chosen->remarks,
                                    .joins = meeting->joins,
                                    .joins_by = meeting->joins_by});
  if (!daemon) return complain(daemon.error(), kExitNoWorker);
  const auto server = serve_metrics_if_wanted(options.metrics, metrics);
  if (!server) return complain(server.error(), kExitUsage);
  std::string where = "joins " + options.join;
  if (options.join.empty()) {
    if (options.is_discoverable) be_found(**daemon);
    const Address address = (*daemon)->address().value();
    where = "listens on " + (options.listen.empty() ? in_words(address) : address.text());
  }
  const std::string what = fmt::format("{} with {}", where, in_words(chosen->lanes));
  print_result(fmt::format("mandel-worker {} {}\n", kVersion, what));
  if (const auto lost = take_print_failure()) spdlog::warn("{}; {}", lost->what, what);
  manager.ready(what);
  if (!meeting->remark.empty()) spdlog::info("{}", meeting->remark);
  if (options.credentials.is_insecure && !meeting->is_local)
    spdlog::warn(
        "--insecure: whoever is on the network between here and a master can use this worker, and "
        "read and change what travels");
  (*daemon)->run();
  spdlog::info("left");
  if (!(*daemon)->stop_lanes()) {
    spdlog::warn("a lane hangs; the process ends without it");
    end_program(kExitFailure);
  }
  return kExitDone;
}

void add_network_options(CLI::App& app, Options& options) {
  const char* group = "The network";
  auto* listen =
      app.add_option("--listen", options.listen,
                     fmt::format("where masters connect; port 0: any free one; default: all of the "
                                 "network, on port {0}, if there is a key, else 127.0.0.1:{0}",
                                 kDefaultPort))
          ->type_name("HOST:PORT")
          ->group(group);
  app.add_option("--join", options.join,
                 "instead: dial the mandel-master that listens there, and the next one, and so on; "
                 "behind NAT or a firewall that lets nobody in")
      ->type_name("HOST:PORT")
      ->excludes(listen)
      ->group(group);
  for (CLI::Option* option : add_key_options(app, options.credentials)) option->group(group);
  app.add_flag("!--no-discovery", options.is_discoverable,
               "don't answer masters that look for workers (--hosts auto), by UDP on the same port")
      ->group(group);
  add_metrics_option(app, options.metrics)->group(group);
}

void add_lane_options(CLI::App& app, Options& options) {
  const char* group = "The lanes";
  add_number(app, "--threads", options.lanes.threads, 1u, kLanesMax,
             "CPU lanes; default: one for each usable CPU")
      ->type_name("N")
      ->default_str("")
      ->group(group);
  app.add_option("--kernel", options.lanes.kernel,
                 "how to compute, see --list-kernels; a name computes its own counts only, auto "
                 "all: exact-f64 and true-count")
      ->type_name("NAME")
      ->capture_default_str()
      ->group(group);
  app.add_flag("--require-gpu", options.lanes.require_gpu, "fail rather than use the CPU only")
      ->group(group);
  add_number(app, "--credit", options.credit, std::size_t{1}, kCreditMax,
             "chunks that a master may have here at once, computing or waiting; default: four for "
             "each lane, and twenty")
      ->type_name("N")
      ->default_str("")
      ->group(group);
  add_number(app, "--results-mib", options.results_mib, std::size_t{128}, std::size_t{1} << 20,
             "memory for all results that masters have not read or acknowledged yet")
      ->type_name("MIB")
      ->group(group);
  add_action(
      app, "--list-kernels", [] { print_result(kernel_table()); },
      "show every kernel with its self-test")
      ->group(group);
}

void add_log_options(CLI::App& app, Options& options) {
  const char* group = "The log";
  app.add_flag("--verbose", options.is_verbose, "log masters that come and go")->group(group);
  add_log_format_option(app, options.log_format)->group(group);
}

int work(int argc, char** argv) {
  keep_freed_memory();
  Options options;
  CLI::App app{"Computes chunks of the Mandelbrot set for any mandel-master that connects."};
  app.name("mandel-worker");
  app.footer(kExamples);
  add_network_options(app, options);
  add_lane_options(app, options);
  add_log_options(app, options);
  app.set_version_flag("--version", fmt::format("mandel-worker {}", kVersion));
  if (const auto exit_code = parse(app, argc, argv)) return *exit_code;

  log_to_stderr(options.is_verbose, options.log_format);
  for (const std::string& remark : take_config_remarks()) spdlog::warn("{}", remark);
  return serve(options);
}

}  // namespace

int main(int argc, char** argv) { return run_program(work, argc, argv); }
