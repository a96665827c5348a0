// mandel-master: one job, or a sweep, as the command line describes it. The only file that knows
// both daemons: without --hosts it starts a worker inside this process, reached through the same
// frames and the same link over inproc://.
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <thread>

#include "common/base/malloc_tuning.h"
#include "common/net/address.h"
#include "common/net/host_expression.h"
#include "common/program/cli.h"
#include "common/program/log.h"
#include "common/program/metrics_server.h"
#include "master/auto_chunks/auto_chunks.h"
#include "master/cli/options.h"
#include "master/doctor/command.h"
#include "master/job/job_end.h"
#include "master/job/job_spec.h"
#include "master/job/run.h"
#include "master/sinks/output_file.h"
#include "master/stats/metrics.h"
#include "master/stats/trace.h"
#include "master/sweep/command.h"
#include "worker/daemon.h"

namespace {

using namespace mandel;

constexpr std::size_t kSocketsPerHost =
    4;  // the dealer, its monitor's two ends, one being replaced

// The worker inside: stops when it goes out of scope.
class EmbeddedWorker {
 public:
  static constexpr const char* kEndpoint = "inproc://worker";

  static Result<EmbeddedWorker> start(zmq::context_t& context, const Options& options) {
    auto chosen = choose_lanes(options.lanes);
    if (!chosen) return tl::unexpected(chosen.error());
    for (const std::string& remark : chosen->remarks) spdlog::warn("{}", remark);
    auto daemon =
        WorkerDaemon::start(context, {.endpoint = kEndpoint, .lanes = std::move(chosen->lanes)});
    if (!daemon) return tl::unexpected(daemon.error());
    return EmbeddedWorker(*std::move(daemon));
  }
  EmbeddedWorker(EmbeddedWorker&&) = default;
  EmbeddedWorker& operator=(EmbeddedWorker&&) = delete;
  ~EmbeddedWorker() {
    if (daemon_) (void)stop();
  }

  // False if a lane hangs: then nothing but the end of the process gets rid of it.
  bool stop() {
    daemon_->request_stop();
    daemon_->request_stop();
    if (thread_.joinable()) thread_.join();
    return daemon_->stop_lanes();
  }

 private:
  explicit EmbeddedWorker(std::unique_ptr<WorkerDaemon> daemon)
      : daemon_(std::move(daemon)), thread_([worker = daemon_.get()] { worker->run(); }) {}

  std::unique_ptr<WorkerDaemon> daemon_;
  std::jthread thread_;  // joined before the daemon goes
};

// The file of an option, if it was given.
Result<std::optional<OutputFile>> open_file(const char* option, const std::string& path) {
  if (path.empty()) return std::optional<OutputFile>();
  auto file = OutputFile::create(path);
  if (!file) return fail(fmt::format("{}: {}", option, file.error().what));
  return std::optional(*std::move(file));
}

// Whatever became of the job, its trace is worth having.
int finish_trace(std::optional<TraceWriter>& trace, int exit_code) {
  if (!trace) return exit_code;
  const auto finished = trace->finish();
  if (finished) return exit_code;
  const int failed = complain({"--trace: " + finished.error().what}, kExitOutput);
  return exit_code == kExitDone ? failed : exit_code;
}

// What every job needs around it. From its making until the job is over signals are read, not
// suffered. Before and after, a name server or a full pipe may block, and Ctrl-C has to kill.
struct Stage {
  StopSignals signals;
  zmq::context_t context;
  std::optional<EmbeddedWorker> inside;  // if no other is named
  std::optional<Crew> crew;
};

Result<std::unique_ptr<Lobby>> open_lobby(zmq::context_t& context, const Options& options,
                                          std::size_t chunk_bytes_max) {
  const auto say = [&](const Error& error) {
    return fail(fmt::format("--listen {}: {}", options.listen->text(), error.what));
  };
  const auto address = resolve(*options.listen);
  if (!address) return say(address.error());
  auto keys = options.credentials.of_listener(*address);
  if (!keys) return say({"other machines can reach this, but " + keys.error().what});
  auto lobby = Lobby::open(context, *address, chunk_bytes_max, *std::move(keys));
  if (!lobby) return say(lobby.error());
  spdlog::info("listens on {} for workers that join", (*lobby)->address().text());
  return lobby;
}

// No chunk may be larger than `chunk_bytes_max`.
Result<void> set(Stage& stage, const Options& options, std::size_t chunk_bytes_max) {
  raise_file_limit();
  stage.context.set(zmq::ctxopt::max_sockets, static_cast<int>(kSocketsPerHost * kHostsMax) + 64);
  stage.crew.emplace(stage.context, Crew::Config{.codec = options.codec,
                                                 .body_bytes_max = chunk_bytes_max,
                                                 .credentials = options.credentials});
  if (computes_inside(options)) {
    auto started = EmbeddedWorker::start(stage.context, options);
    if (!started) return tl::unexpected(started.error());
    stage.inside.emplace(*std::move(started));
    stage.crew->add("(inside)", EmbeddedWorker::kEndpoint);
  }
  if (options.listen) {
    auto lobby = open_lobby(stage.context, options, chunk_bytes_max);
    if (!lobby) return tl::unexpected(lobby.error());
    stage.crew->add(*std::move(lobby));
  }
  auto sources = sources_of(options.hosts);
  if (!sources) return tl::unexpected(sources.error());
  for (auto& source : *sources) stage.crew->add(std::move(source));
  return {};
}

// Ends the process at once if a lane hangs.
int leave(Stage& stage, int exit_code) {
  if (stage.inside && !stage.inside->stop()) std::_Exit(exit_code);
  return exit_code;
}

struct Files {
  std::optional<OutputFile> json;
  std::optional<OutputFile> trace;
  std::optional<Opened> opened;
  std::string digest;  // of all counts, for the JSON
};

// Nothing, or the exit code of what could not be opened.
std::optional<int> open_all(Files& files, const Options& options, Assignment& assignment) {
  auto json = open_file("--json", options.json);
  if (!json) return complain(json.error(), kExitOutput);
  if (*json) files.json.emplace(*std::move(*json));
  auto trace = open_file("--trace", options.trace);
  if (!trace) return complain(trace.error(), kExitOutput);
  if (*trace) files.trace.emplace(*std::move(*trace));
  auto opened = open_files(assignment, options.audit > 0);
  if (!opened) return complain(opened.error(), kExitOutput);
  files.opened = *std::move(opened);
  if (files.opened->spoilt > 0)
    spdlog::warn(
        "done chunks whose counts the store does not have as they were: {}; they are computed "
        "again",
        files.opened->spoilt);
  if (files.json) files.opened->writer.sinks.push_back(digest_sink(&files.digest));
  return {};
}

// For --chunks auto: the job begins with a part of its chunks.
void open_with(std::optional<AutoChunks>& chooser, Stage& stage, Assignment& assignment) {
  stage.crew->gather(stage.signals);
  JournalHeader& record = assignment.record;
  chooser.emplace(*stage.crew, record.job, *assignment.axes, record.chunks);
  record.opening = chooser->opening();
  if (record.opening.groups > 0)
    record.chunks = 0;
  else
    spdlog::info("--chunks auto: {}", chooser->reason());
}

std::optional<std::uint32_t> choose_rest(AutoChunks& chooser, bool must) {
  const auto chunks = chooser.choose_rest(must);
  if (chunks) spdlog::info("--chunks auto: {}", chooser.reason());
  return chunks;
}

Result<void> check_explain(const Options& options, const Assignment& assignment) {
  const Chunking chunking = assignment.chunking();
  if (!options.explain || (chunking.is_whole() && *options.explain < chunking.chunks())) return {};
  if (!chunking.is_whole())
    return fail("--explain: with --chunks auto nobody knows beforehand which chunk that is");
  return fail(fmt::format("--explain {}: chunks are numbered from 0 to {}", *options.explain,
                          chunking.chunks() - 1));
}

int work(const Options& options) {
  auto assignment = take_up(options);
  if (!assignment) return complain(assignment.error(), kExitUsage);
  if (!assignment->remark.empty()) spdlog::warn("{}", assignment->remark);
  Stage stage;
  const std::size_t bytes_max =
      options.chooses_chunks ? kChunkBytesMax : assignment->chunk_bytes_max();
  if (const auto ready = set(stage, options, bytes_max); !ready)
    return complain(ready.error(), kExitUsage);

  std::optional<AutoChunks> chooser;
  if (options.chooses_chunks && !assignment->resumed) open_with(chooser, stage, *assignment);
  if (const auto asked = check_explain(options, *assignment); !asked)
    return leave(stage, complain(asked.error(), kExitUsage));
  Metrics metrics;
  const auto server = MetricsServer::start_if_wanted(options.metrics, metrics);
  if (!server) return leave(stage, complain(server.error(), kExitUsage));
  Files files;
  stage.signals.let_kill();
  if (const auto exit_code = open_all(files, options, *assignment)) return *exit_code;
  stage.signals.hold();
  std::optional<MasterMetrics> master_metrics;
  if (*server) master_metrics.emplace(metrics);
  std::optional<TraceWriter> trace;
  std::function<void(const std::string&)> on_worker;
  if (files.trace) {
    trace.emplace(*std::move(files.trace));
    on_worker = [&](const std::string& label) { trace->add_worker(label); };
  }
  const auto on_result = [&](const ChunkTimes& times) {
    if (chooser) chooser->take(times);
    if (trace) trace->add(times);
  };
  Wakeup wakeup;
  auto done = files.opened->writer.done;
  Writer writer(std::move(files.opened->writer), wakeup);
  Run run(*stage.crew,
          {.job = assignment->record.job,
           .job_id = assignment->record.job_id,
           .axes = assignment->axes,
           .chunking = assignment->chunking(),
           .choose_rest = [&](bool must) { return choose_rest(*chooser, must); },
           .patience = options.patience(),
           .is_quiet = options.is_quiet,
           .done = std::move(done),
           .audit = options.audit,
           .explain = options.explain,
           .on_worker = std::move(on_worker),
           .on_result = on_result,
           .metrics = master_metrics ? &*master_metrics : nullptr},
          writer, wakeup, stage.signals);
  Outcome outcome = run.run();
  stage.signals.let_kill();
  const int exit_code = report({options, *assignment, run.chunking(), writer, std::move(outcome)},
                               files.json, files.digest);
  return leave(stage, finish_trace(trace, exit_code));
}

int sweep(const Options& options) {
  const SweepJob job = sweep_job(options);
  Stage stage;
  if (const auto ready = set(stage, options, job.chunk_bytes_max()); !ready)
    return complain(ready.error(), kExitUsage);
  stage.crew->gather(stage.signals);
  return leave(stage, run_sweep(options, job, *stage.crew, stage.signals));
}

}  // namespace

int main(int argc, char** argv) {
  keep_freed_memory();
  const auto options = parse_options(argc, argv);
  if (const int* exit_code = std::get_if<int>(&options)) return *exit_code;
  const Options& chosen = std::get<Options>(options);
  log_to_stderr(chosen.is_verbose, chosen.log_format);
  if (chosen.is_doctor) return run_doctor(chosen);
  return chosen.sweep ? sweep(chosen) : work(chosen);
}
