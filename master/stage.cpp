// See stage.h.
#include "master/stage.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/net/address.h"
#include "common/net/host_expression.h"
#include "common/net/resolver.h"
#include "common/program/cli.h"
#include "common/program/door.h"
#include "common/program/lanes.h"
#include "common/program/resources.h"
#include "kernels/deep/engine.h"
#include "master/sinks/sink.h"
#include "worker/daemon.h"

namespace mandel {
namespace {

constexpr std::size_t kSocketsPerHost =
    4;  // the dealer, its monitor's two ends, one being replaced
// A mailbox for each of these sockets, and the connection; now and then one that is being replaced.
constexpr std::size_t kDescriptorsPerHost = 5;
// Of the process itself: libzmq's, files, logs, metrics, a worker inside.
constexpr std::size_t kDescriptors = 64;
constexpr std::size_t kThreads = 8;

// Before libzmq and others find out for themselves, and abort.
void check_resources(const Options& options) {
  const std::size_t hosts = options.hosts.fixed.size();
  need_descriptors(kDescriptors + kDescriptorsPerHost * hosts,
                   hosts == 0 ? "a master" : fmt::format("{} workers", hosts));
  const std::size_t lanes = computes_inside(options) ? lanes_wanted(options.lanes) : 0;
  const auto pictures =
      static_cast<std::size_t>(std::ranges::count_if(options.outputs, is_picture));
  need_threads(kThreads + lanes + pictures * picture_threads(),
               fmt::format("{} lanes{} and the master itself", lanes,
                           pictures == 0 ? "" : fmt::format(", {} pictures", pictures)));
}

// Of workers that sources name later, so many.
std::size_t hosts_max() {
  const std::size_t limit = raise_file_limit();
  return std::min(kHostsMax, (limit - std::min(limit, kDescriptors)) / kDescriptorsPerHost);
}

tl::unexpected<Error> about_listen(const Options& options, const std::string& what) {
  return fail(fmt::format("--listen {}: {}", options.listen->text(), what));
}

// What takes its time before anything is started.
struct Named {
  std::optional<Address> lobby;  // numeric
  std::vector<std::unique_ptr<HostSource>> sources;
};

Result<Named> look_up(const Options& options) {
  Named named;
  if (options.listen) {
    auto address = resolve(*options.listen);
    if (!address) return about_listen(options, address.error().what);
    named.lobby = *std::move(address);
  }
  auto sources = sources_of(options.hosts);
  if (!sources) return tl::unexpected(sources.error());
  named.sources = *std::move(sources);
  return named;
}

Result<std::unique_ptr<Lobby>> open_lobby(zmq::context_t& context, const Options& options,
                                          const Address& numeric, std::size_t chunk_bytes_max) {
  auto keys = options.credentials.of_listener(numeric);
  if (!keys)
    return about_listen(options, "other machines can reach this, but " + keys.error().what);
  auto lobby = Lobby::open(context, numeric, chunk_bytes_max, *std::move(keys));
  if (!lobby) return about_listen(options, lobby.error().what);
  spdlog::info("listens on {} for workers that join", (*lobby)->address().text());
  return lobby;
}

// A worker inside that is of no use should be told of now, not when patience ends.
Result<void> check_counts(const Lanes& lanes, const LaneChoice& choice,
                          std::string_view semantics) {
  const auto computes = [&](const Lane& lane) {
    return semantics == kTrueCount
               ? lane.deep != nullptr
               : lane.backend != nullptr && lane.backend->semantics == semantics;
  };
  if (std::ranges::any_of(lanes.lanes, computes)) return {};
  if (deep_backends().empty())
    return fail(
        "this build has no true-count, since GMP or MPFR was not there; name workers that "
        "have it with --hosts");
  return fail(fmt::format("--kernel {}: it computes other counts than this job's, {}; leave it out",
                          choice.kernel, semantics));
}

}  // namespace

// The worker inside: stops when it goes out of scope.
class Stage::EmbeddedWorker {
 public:
  static constexpr const char* kEndpoint = "inproc://worker";

  static Result<std::unique_ptr<EmbeddedWorker>> start(zmq::context_t& context,
                                                       const Options& options,
                                                       std::string_view semantics) {
    auto chosen = choose_lanes(options.lanes);
    if (!chosen) return tl::unexpected(chosen.error());
    if (const auto fit = check_counts(*chosen, options.lanes, semantics); !fit)
      return tl::unexpected(fit.error());
    for (const std::string& remark : chosen->remarks) spdlog::warn("{}", remark);
    // Its results stay in the memory that it computed them to, and the master's window bounds that.
    auto daemon = WorkerDaemon::start(
        context,
        {.endpoint = kEndpoint, .lanes = std::move(chosen->lanes), .results_bytes = SIZE_MAX});
    if (!daemon) return tl::unexpected(daemon.error());
    return std::unique_ptr<EmbeddedWorker>(new EmbeddedWorker(*std::move(daemon)));
  }
  ~EmbeddedWorker() { (void)stop(); }

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

Stage::Stage() = default;
Stage::~Stage() = default;

Result<void> Stage::set(const Options& options, std::size_t chunk_bytes_max,
                        std::string_view semantics) {
  check_resources(options);
  signals_.let_kill();
  auto named = look_up(options);
  signals_.hold();
  if (!named) return tl::unexpected(named.error());
  context_.set(zmq::ctxopt::max_sockets, static_cast<int>(kSocketsPerHost * kHostsMax) + 64);
  crew_.emplace(context_, Crew::Config{.codec = options.codec,
                                       .body_bytes_max = chunk_bytes_max,
                                       .semantics = semantics,
                                       .credentials = options.credentials,
                                       .hosts_max = hosts_max()});
  if (computes_inside(options)) {
    auto started = EmbeddedWorker::start(context_, options, semantics);
    if (!started) return tl::unexpected(started.error());
    inside_ = *std::move(started);
    crew_->add("(inside)", EmbeddedWorker::kEndpoint);
  }
  if (named->lobby) {
    auto lobby = open_lobby(context_, options, *named->lobby, chunk_bytes_max);
    if (!lobby) return tl::unexpected(lobby.error());
    crew_->add(*std::move(lobby));
  }
  for (auto& source : named->sources) crew_->add(std::move(source));
  return {};
}

int Stage::leave(int exit_code) {
  if (inside_ && !inside_->stop()) end_program(exit_code);
  return exit_code;
}

}  // namespace mandel
