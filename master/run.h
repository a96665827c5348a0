// One job from the first dial to the last row: the loop where the brain (Plan), the hosts and the
// writer meet. It decides nothing itself; it verifies, executes the plan's actions and keeps the
// ledger.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "common/job.h"
#include "common/wakeup.h"
#include "master/chunking.h"
#include "master/host.h"
#include "master/ledger.h"
#include "master/plan.h"
#include "master/progress.h"
#include "master/writer.h"

namespace mandel {

class Run {
 public:
  struct Target {
    std::string label;     // for people
    std::string endpoint;  // for ZeroMQ
  };
  struct Config {
    Job job;
    std::uint32_t columns = 0;
    Chunking chunking;
    std::vector<Target> targets;
    // How long no worker at all may be usable before the job is given up.
    Nanoseconds patience = 10 * kSecond;
    bool is_quiet = false;
  };

  Run(zmq::context_t& context, Config config, Writer& writer, Wakeup& wakeup, StopSignals& signals);

  // Returns when all chunks are written, or when the outcome says why not.
  Outcome run();

 private:
  void turn();
  void poll_hosts();
  void forgive_own_pause(Nanoseconds now);
  void complain_about_absent();
  void handle(std::size_t host, HostEvent event);
  void take_result(std::size_t host, host_event::Result result);
  void return_chunk(std::size_t host, const Grant& grant, std::string reason);
  void execute(const std::vector<Action>& actions);
  void execute(const action::Send& send);
  void execute(const action::Cancel& cancel);
  void execute(const action::Accept& accept);
  void execute(const action::Dismiss& dismiss);
  void execute(const action::Abandon& abandon);
  void execute(const action::Finish& finish);
  void watch_writer();
  void watch_patience(Nanoseconds now);
  void stop(int exit_code, std::string problem);
  void sleep(Nanoseconds now);
  ProgressState progress_state(Nanoseconds now) const;
  std::uint64_t pixels(ChunkId chunk) const;

  const Config config_;
  const std::uint64_t job_id_;
  Writer& writer_;
  Wakeup& wakeup_;
  StopSignals& signals_;
  Plan plan_;
  Progress progress_;
  const Nanoseconds began_;
  Nanoseconds last_turn_;
  // Since when there is no worker that was of use; see watch_patience().
  std::optional<Nanoseconds> unusable_since_;
  std::optional<Nanoseconds> connected_since_;
  bool has_complained_ = false;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::vector<std::optional<WorkerId>> session_of_;  // by host: its present session
  std::vector<std::size_t> host_of_;                 // by WorkerId
  // The counts of the result in hand, while the plan decides whether to accept them.
  std::optional<Counts> in_hand_;
  std::uint64_t in_hand_sum_ = 0;
  Nanoseconds in_hand_computed_ = 0;
  std::uint64_t pixels_done_ = 0;
  std::uint32_t written_ = 0;
  bool is_over_ = false;
  Outcome outcome_;
};

}  // namespace mandel
