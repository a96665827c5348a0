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

Result<std::vector<std::unique_ptr<Sink>>> open_sinks(const Options& options,
                                                      const Picture& picture, std::string* digest) {
  std::vector<std::unique_ptr<Sink>> sinks;
  const auto colours = ColourMap::make(options.colours);
  for (const std::string& path : options.outputs) {
    auto sink = file_sink(path, picture.size, picture.axes, *colours);
    if (!sink) return fail("--output: " + sink.error().what);
    sinks.push_back(*std::move(sink));
  }
  if (!options.json.empty()) sinks.push_back(digest_sink(digest));
  return sinks;
}

// Says for every worker that could not be used why not.
void explain_workers(const Options& options, const Outcome& outcome) {
  for (std::size_t k = 0; k < options.hosts.size(); ++k) {
    const WorkerTotals& totals = outcome.workers[k];
    const bool never_answered = totals.host.empty() && !totals.problem.starts_with("it ");
    spdlog::error("{}: {}", totals.label,
                  never_answered ? diagnose(options.hosts[k], kDiagnoseMs) : totals.problem);
  }
}

Result<void> write_json(const std::string& path, const std::string& text) {
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  if (auto written = file->write(std::as_bytes(std::span(text))); !written) return written;
  return file->commit();
}

int report(const Options& options, const Picture& picture, const Outcome& outcome, Writer& writer,
           const std::string& digest) {
  if (outcome.exit_code != kExitDone) {
    if (outcome.exit_code == kExitNoWorker) explain_workers(options, outcome);
    return complain({fmt::format("{} after {} of {} chunks", outcome.problem, outcome.chunks_done,
                                 picture.chunks.chunks)},
                    outcome.exit_code);
  }
  fmt::print("{}", result_text(picture.size, outcome));
  if (!options.is_quiet) fmt::print("\n{}", worker_table(outcome));
  std::fflush(stdout);
  if (options.expect_sum && *options.expect_sum != outcome.sum)
    return complain({fmt::format("--expect-sum: the sum is {}, not {}; nothing was written",
                                 outcome.sum, *options.expect_sum)},
                    kExitVerification);
  if (auto finished = writer.finish(); !finished) return complain(finished.error(), kExitOutput);
  if (options.json.empty()) return kExitDone;
  const auto written =
      write_json(options.json, json_text(picture.size, picture.chunks.chunks, outcome, digest));
  return written ? kExitDone : complain(written.error(), kExitOutput);
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

int work(const Options& options, StopSignals& signals) {
  const Picture picture = lay_out(options);
  if (!picture.chunks.remark.empty()) spdlog::info("{}", picture.chunks.remark);
  std::string digest;
  auto sinks = open_sinks(options, picture, &digest);
  if (!sinks) return complain(sinks.error(), kExitOutput);

  zmq::context_t context;
  std::optional<EmbeddedWorker> inside;
  if (options.hosts.empty()) {
    auto started = EmbeddedWorker::start(context, options);
    if (!started) return complain(started.error(), kExitUsage);
    inside.emplace(*std::move(started));
  }
  Wakeup wakeup;
  Writer writer(*std::move(sinks), picture.chunks.chunks, wakeup);
  Run run(context,
          {.job = options.job,
           .columns = picture.size.columns,
           .chunking = Chunking(picture.size.rows, picture.chunks.chunks),
           .targets = targets_of(options),
           .patience = static_cast<Nanoseconds>(options.patience_s * kSecond),
           .is_quiet = options.is_quiet},
          writer, wakeup, signals);
  return report(options, picture, run.run(), writer, digest);
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (const int* exit_code = std::get_if<int>(&options)) return *exit_code;
  log_to_stderr(std::get<Options>(options).is_verbose);
  StopSignals signals;
  return work(std::get<Options>(options), signals);
}
