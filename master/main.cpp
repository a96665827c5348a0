// mandel-master: one job, as the command line describes it. The only file that knows both daemons:
// without --hosts it starts a worker inside this process, reached through the same frames and the
// same link over inproc://.
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <thread>

#include "common/address.h"
#include "common/cli.h"
#include "master/assignment.h"
#include "master/options.h"
#include "master/report.h"
#include "master/run.h"
#include "master/sinks/output_file.h"
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
    auto daemon = WorkerDaemon::start(context, {kEndpoint, std::move(chosen->lanes), nullptr});
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

Result<std::optional<OutputFile>> open_json(const std::string& path) {
  if (path.empty()) return std::optional<OutputFile>();
  auto json = OutputFile::create(path);
  if (!json) return fail("--json: " + json.error().what);
  return std::optional(*std::move(json));
}

std::vector<Run::Target> targets_of(const Options& options) {
  if (options.hosts.empty())
    return {{"(inside)", EmbeddedWorker::kEndpoint, encoding_for(options.codec, {})}};
  std::vector<Run::Target> targets;
  for (const Address& address : options.hosts) {
    // A name that does not resolve now may do so later: ZeroMQ asks again at every try.
    const Address numeric = resolve(address).value_or(address);
    targets.push_back({address.text(), numeric.endpoint(), encoding_for(options.codec, numeric)});
  }
  return targets;
}

int work(const Options& options) {
  auto assignment = take_up(options);
  if (!assignment) return complain(assignment.error(), kExitUsage);
  const std::uint32_t chunks = assignment->record.chunks;
  if (!assignment->remark.empty()) spdlog::warn("{}", assignment->remark);
  if (options.explain && *options.explain >= chunks)
    return complain({fmt::format("--explain {}: chunks are numbered from 0 to {}", *options.explain,
                                 chunks - 1)},
                    kExitUsage);
  auto json = open_json(options.json);
  if (!json) return complain(json.error(), kExitOutput);
  auto files = open_files(*assignment, options.audit > 0);
  if (!files) return complain(files.error(), kExitOutput);
  if (files->spoilt > 0)
    spdlog::warn(
        "done chunks whose counts the store does not have as they were: {}; they are computed "
        "again",
        files->spoilt);
  std::string digest;
  if (*json) files->writer.sinks.push_back(digest_sink(&digest));
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
    if (!started) {
      const Assembly never_begun(std::move(files->writer));  // removes its files
      return complain(started.error(), kExitUsage);
    }
    inside.emplace(*std::move(started));
  }
  Wakeup wakeup;
  auto done = files->writer.done;
  Writer writer(std::move(files->writer), wakeup);
  Run run(context,
          {.job = assignment->record.job,
           .job_id = assignment->record.job_id,
           .axes = assignment->axes,
           .chunking = assignment->chunking(),
           .targets = std::move(targets),
           .patience = static_cast<Nanoseconds>(options.patience_s * kSecond),
           .is_quiet = options.is_quiet,
           .done = std::move(done),
           .audit = options.audit,
           .explain = options.explain},
          writer, wakeup, signals);
  Outcome outcome = run.run();
  signals.let_kill();
  const int exit_code = report({options, *assignment, writer, std::move(outcome)}, *json, digest);
  if (inside && !inside->stop()) std::_Exit(exit_code);
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  const auto options = parse_options(argc, argv);
  if (const int* exit_code = std::get_if<int>(&options)) return *exit_code;
  log_to_stderr(std::get<Options>(options).is_verbose);
  return work(std::get<Options>(options));
}
