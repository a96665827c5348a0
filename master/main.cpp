// mandel-master: one job, as the command line describes it. The only file that knows both daemons:
// without --hosts it starts a worker inside this process, reached through the same frames and the
// same link over inproc://.
#include <cstdio>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <thread>

#include "common/address.h"
#include "common/cli.h"
#include "master/options.h"
#include "master/run.h"
#include "master/sinks/output_file.h"
#include "master/summary.h"
#include "worker/daemon.h"

namespace {

using namespace mandel;

constexpr int kDiagnoseMs = 300;
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
    auto daemon = WorkerDaemon::start(context, {kEndpoint, std::move(chosen->lanes), nullptr});
    if (!daemon) return tl::unexpected(daemon.error());
    return EmbeddedWorker(*std::move(daemon));
  }
  EmbeddedWorker(EmbeddedWorker&&) = default;
  EmbeddedWorker& operator=(EmbeddedWorker&&) = delete;
  ~EmbeddedWorker() {
    if (!daemon_) return;
    daemon_->request_stop();
    daemon_->request_stop();
  }

 private:
  explicit EmbeddedWorker(std::unique_ptr<WorkerDaemon> daemon)
      : daemon_(std::move(daemon)), thread_([worker = daemon_.get()] { worker->run(); }) {}

  std::unique_ptr<WorkerDaemon> daemon_;
  std::jthread thread_;  // joined before the daemon goes
};

struct Picture {
  std::shared_ptr<const Axes> axes;
  PictureSize size;
  ChunkCount chunks;
};

Picture lay_out(const Options& options) {
  auto axes = std::make_shared<const Axes>(axes_of(options.job));
  const auto columns = static_cast<std::uint32_t>(axes->xs.size());
  const auto rows = static_cast<std::uint32_t>(axes->ys.size());
  return {std::move(axes),
          {columns, rows, options.job.max_iter},
          choose_chunks(options.chunks, columns, rows)};
}

// The files that a job will leave, opened before it starts, so that a bad path costs no computing.
struct Outputs {
  std::vector<std::unique_ptr<Sink>> sinks;
  std::optional<OutputFile> json;
};

Result<Outputs> open_outputs(const Options& options, const Picture& picture, std::string* digest) {
  Outputs outputs;
  const auto colours = ColourMap::make(options.colours);
  for (const std::string& path : options.outputs) {
    auto sink = file_sink(path, picture.size, picture.axes, *colours);
    if (!sink) return fail("--output: " + sink.error().what);
    outputs.sinks.push_back(*std::move(sink));
  }
  if (options.json.empty()) return outputs;
  auto json = OutputFile::create(options.json);
  if (!json) return fail("--json: " + json.error().what);
  outputs.json.emplace(*std::move(json));
  outputs.sinks.push_back(digest_sink(digest));
  return outputs;
}

// Says for every worker that could not be used why not, and what to do.
void explain_workers(const Options& options, Outcome& outcome) {
  for (std::size_t k = 0; k < options.hosts.size(); ++k) {
    WorkerTotals& totals = outcome.workers[k];
    if (totals.was_ever_ready && (totals.problem.empty() || totals.problem == Host::kLeft))
      continue;
    const bool has_spoken = totals.was_ever_ready || totals.problem.starts_with("it ");
    if (!has_spoken) totals.problem = diagnose(options.hosts[k], kDiagnoseMs);
    spdlog::warn("{}: {}", totals.label, totals.problem);
  }
}

int report(const Options& options, const Picture& picture, Outcome outcome, Writer& writer,
           std::optional<OutputFile>& json, const std::string& digest) {
  if (outcome.exit_code == kExitDone || outcome.exit_code == kExitNoWorker)
    explain_workers(options, outcome);
  if (outcome.exit_code != kExitDone)
    return complain({fmt::format("{}; {} of {} chunks were done", outcome.problem,
                                 outcome.chunks_done, picture.chunks.chunks)},
                    outcome.exit_code);
  fmt::print("{}", result_text(picture.size, outcome));
  if (!options.is_quiet) fmt::print("\n{}", worker_table(outcome));
  std::fflush(stdout);
  if (options.expect_sum && *options.expect_sum != outcome.sum)
    return complain({fmt::format("--expect-sum: the sum is {}, not {}; nothing was written",
                                 outcome.sum, *options.expect_sum)},
                    kExitVerification);
  if (auto finished = writer.finish(); !finished) return complain(finished.error(), kExitOutput);
  if (!json) return kExitDone;
  const std::string text = json_text(picture.size, picture.chunks.chunks, outcome, digest);
  auto written = json->write(std::as_bytes(std::span(text)));
  if (written) written = json->commit();
  return written ? kExitDone : complain({"--json: " + written.error().what}, kExitOutput);
}

std::vector<Run::Target> targets_of(const Options& options) {
  if (options.hosts.empty()) return {{"(inside)", EmbeddedWorker::kEndpoint}};
  std::vector<Run::Target> targets;
  for (const Address& address : options.hosts) {
    // A name that does not resolve now may do so later: ZeroMQ asks again at every try.
    targets.push_back({address.text(), resolve(address).value_or(address).endpoint()});
  }
  return targets;
}

int work(const Options& options) {
  const Picture picture = lay_out(options);
  if (!picture.chunks.remark.empty()) spdlog::info("{}", picture.chunks.remark);
  std::string digest;
  auto outputs = open_outputs(options, picture, &digest);
  if (!outputs) return complain(outputs.error(), kExitOutput);
  auto targets = targets_of(options);

  // From here until the job is over signals are read, not suffered. Before and after, a name server
  // or a full pipe may block, and Ctrl-C has to kill.
  StopSignals signals;
  raise_file_limit();
  zmq::context_t context;
  context.set(zmq::ctxopt::max_sockets, static_cast<int>(kSocketsPerHost * targets.size()) + 64);
  std::optional<EmbeddedWorker> inside;
  if (options.hosts.empty()) {
    auto started = EmbeddedWorker::start(context, options);
    if (!started) return complain(started.error(), kExitUsage);
    inside.emplace(*std::move(started));
  }
  Wakeup wakeup;
  Writer writer(std::move(outputs->sinks), picture.chunks.chunks, wakeup);
  Run run(context,
          {.job = options.job,
           .columns = picture.size.columns,
           .chunking = Chunking(picture.size.rows, picture.chunks.chunks),
           .targets = std::move(targets),
           .patience = static_cast<Nanoseconds>(options.patience_s * kSecond),
           .is_quiet = options.is_quiet},
          writer, wakeup, signals);
  Outcome outcome = run.run();
  signals.let_kill();
  return report(options, picture, std::move(outcome), writer, outputs->json, digest);
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (const int* exit_code = std::get_if<int>(&options)) return *exit_code;
  log_to_stderr(std::get<Options>(options).is_verbose);
  return work(std::get<Options>(options));
}
