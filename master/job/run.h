// One job from its first chunk to the last row: the loop where the plan, the crew, the auditor and
// the writer meet. It decides nothing itself: it verifies, executes the plan's actions, and writes
// down what became of the job.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/peer_log.h"
#include "common/net/wakeup.h"
#include "common/wire/job.h"
#include "master/chunks/chunking.h"
#include "master/crew/crew.h"
#include "master/plan/plan.h"
#include "master/results/auditor.h"
#include "master/results/writer.h"
#include "master/stats/lane_time.h"
#include "master/stats/metrics.h"
#include "master/stats/outcome.h"
#include "master/stats/progress.h"
#include "master/stats/run_observer.h"

namespace mandel {

class Run {
 public:
  struct Config {
    Job job;
    std::uint64_t job_id = 0;  // not 0; the same when a job is resumed
    std::shared_ptr<const Axes> axes;
    Chunking chunking;  // as the job begins
    // Into how many chunks to cut the rest of a chunking that is not whole. It is asked again and
    // again until it says so. `must`: nothing else is left to do.
    std::function<std::optional<std::uint32_t>(bool must)> choose_rest = {};
    // The job is given up after so long without any usable worker.
    Nanoseconds patience = 10 * kSecond;
    bool is_quiet = false;
    std::map<ChunkId, Fingerprint> done = {};  // by an earlier master
    double audit = 0;                          // see Plan::Config
    std::optional<ChunkId> explain = {};
    std::vector<RunObserver*> observers = {};
    MasterMetrics* metrics = nullptr;  // may be null: nobody wants any
  };

  Run(Crew& crew, Config config, Writer& writer, Wakeup& wakeup, StopSignals& signals);

  // Returns when all chunks are with the writer and dealt with, or when the outcome says why not.
  Outcome run();
  // As it has become.
  const Chunking& chunking() const { return chunking_; }

 private:
  // What this job knows of a worker of the crew.
  struct Member {
    std::optional<SessionId> session;  // the present one
    bool is_draining = false;          // nobody wants it any more
    bool is_second_name = false;       // and that is because it is another's second name
    Nanoseconds since = 0;             // when it was named
    bool is_told_absent = false;
    std::uint64_t bytes_in_before = 0;  // what other jobs took
    std::uint64_t bytes_out_before = 0;
  };
  // Verified counts, and what their sender says of them.
  struct Delivery {
    WorkerId worker = kNobody;
    Counts counts;
    Fingerprint print;
    Nanoseconds computed_ns = 0;
    Rungs rungs;
  };
  // Of an accepted chunk.
  struct ChunkFigures {
    std::uint64_t sum = 0;
    Rungs rungs;
  };

  void turn();
  void enlist(WorkerId worker);
  void watch_crew(Nanoseconds now);
  void drain(WorkerId worker);
  void call_back(WorkerId worker, Nanoseconds now);
  void poll_hosts(Nanoseconds now);
  void forgive_own_pause(Nanoseconds now);
  void watch_absent(Nanoseconds now);
  void handle(WorkerId worker, HostEvent event);
  void join(WorkerId worker);
  WorkerId machine_of(WorkerId worker) const;
  void lose(WorkerId worker, const host_event::Lost& lost);
  SessionId forget_session(WorkerId worker);
  void take_beat(WorkerId worker, const wire::Beat& beat);
  void take_result(WorkerId worker, host_event::Result result);
  void return_chunk(WorkerId worker, const Grant& grant, std::string reason);
  void end_session(WorkerId worker, const std::string& reason);
  void tell(PeerLine level, WorkerId worker, const std::string& what) const;
  void tell_lost(WorkerId worker, const std::string& reason) const;
  LaneTime::Listener lane_listener() const;
  void tell_plan(const Event& event);
  template <typename Tell>
  void tell_observers(Tell tell) const {
    for (RunObserver* observer : config_.observers) tell(*observer);
  }
  void execute(const action::Send& send);
  void execute(const action::Cancel& cancel);
  void execute(const action::Acknowledge& acknowledge);
  void execute(const action::Keep& keep);
  void execute(const action::Accept& accept);
  void execute(const action::Judge& judge);
  void execute(const action::Revoke& revoke);
  void execute(const action::Dismiss& dismiss);
  void execute(const action::Rest& rest);
  void execute(const action::SetAside&);
  void execute(const action::Finish&);
  void watch_rest();
  void watch_auditor();
  void watch_writer();
  bool is_trust_gone() const;  // nobody is left who was not dismissed, and nobody may come
  void watch_patience(Nanoseconds now);
  void tick(Nanoseconds now);
  void stop(int exit_code, std::string problem);
  void sleep(Nanoseconds now);
  void send_what_waits();
  void take_bytes();
  void show_metrics(Nanoseconds now);
  void show_observers(Nanoseconds now, bool is_last);
  RunNow state(Nanoseconds now) const;
  WorkerNow state_of(WorkerId worker, Nanoseconds now) const;
  void finish_outcome();
  // Since the job began.
  Nanoseconds clock() const { return steady_now() - began_; }
  ChunkTimes record(const LaneTime::Arrival& arrival, const wire::Result& head);
  std::vector<std::string> story_lines(ChunkId chunk) const;
  ProgressState progress_state(Nanoseconds now) const;
  std::uint32_t columns() const { return static_cast<std::uint32_t>(config_.axes->xs.size()); }
  std::uint64_t pixels(ChunkId chunk) const;

  const Config config_;
  Chunking chunking_;
  Writer& writer_;
  Wakeup& wakeup_;
  StopSignals& signals_;
  Sleeper sleeper_;
  Plan plan_;
  LaneTime lane_time_;
  std::optional<Auditor> auditor_;  // only with audits
  Progress progress_;
  const Nanoseconds began_;
  const Nanoseconds cpu_began_;
  Nanoseconds last_turn_;
  Nanoseconds last_sent_ = 0;
  Nanoseconds next_tick_;
  // Since when there is no worker that was of use; see watch_patience().
  std::optional<Nanoseconds> unusable_since_;
  std::optional<Nanoseconds> connected_since_;
  Crew& crew_;
  std::vector<Member> members_;      // by WorkerId
  std::vector<WorkerId> worker_of_;  // by SessionId
  // The price of a plan that is pure: it never sees counts. A result waits here while the plan
  // hears of it, and the plan's action takes it: Accept, Keep, or none.
  std::optional<Delivery> in_hand_;
  std::map<ChunkId, std::vector<Delivery>> kept_;
  std::vector<ChunkFigures> figures_;  // by chunk
  std::uint64_t pixels_done_ = 0;
  std::uint64_t pixels_resumed_ = 0;
  bool is_finished_ = false;  // the plan is; the writer may not be
  bool is_over_ = false;
  Outcome outcome_;
};

}  // namespace mandel
