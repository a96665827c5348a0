// The worker daemon: one I/O loop between the link and the lanes. The loop computes nothing that
// takes longer than waking a lane, so that beats and new masters are served while the lanes are
// busy for minutes.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "common/base/clock.h"
#include "common/keys/gate.h"
#include "common/net/wakeup.h"
#include "common/wire/link.h"
#include "kernels/lane_pool.h"
#include "worker/memory_budget.h"
#include "worker/messages.h"
#include "worker/metrics.h"
#include "worker/outbox.h"
#include "worker/responder.h"
#include "worker/results.h"
#include "worker/service_manager.h"
#include "worker/sessions.h"
#include "worker/watchdog.h"

namespace mandel {

class WorkerDaemon {
 public:
  struct Config {
    std::string endpoint = "tcp://127.0.0.1:5755";  // where it listens
    std::vector<Lane> lanes;                        // each passed its self-test
    StopSignals* signals = nullptr;                 // may be null: then only request_stop() ends it
    WorkerMetrics* metrics = nullptr;               // may be null: none are shown
    ServiceManager* manager = nullptr;              // may be null: none watches this process
    std::optional<KeyRing> keys = {};  // whom it admits; nothing: everybody, without keys
    std::size_t credit = 0;            // tasks that a master may have here; 0: credit_for(lanes)
    std::size_t results_bytes = MemoryBudget::Limits{}.bytes;
    std::vector<std::string> remarks = {};  // devices that are there and not used, and why
    // The worker joins a master there instead of listening, with this asked before every dial.
    std::optional<Address> joins = {};
    std::function<Result<Security>(const Address& named, const Address& numeric)> joins_by = {};
  };

  // Listens from here on, so that address() is known before run().
  static Result<std::unique_ptr<WorkerDaemon>> start(zmq::context_t& context, Config config);
  ~WorkerDaemon();

  // Where masters reach it; nothing if it joins one, or is spoken to within this process.
  const std::optional<Address>& address() const { return address_; }
  // Lets masters find it there, for as long as it takes work. Call before run().
  Result<void> be_found();

  // Serves until it is told to stop. The first request drains: the worker finishes what masters
  // have handed over, and takes nothing new. The second leaves at once. A worker with a lane that
  // hangs leaves at once too, without a word to anybody: see Watchdog.
  void run();
  // From any thread.
  void request_stop();
  // After run(). False if a lane hangs: then the destructor, which joins the lanes, would hang too,
  // and the process has to end without it.
  bool stop_lanes();

 private:
  // What goes round the lanes with a task, and comes back with its result.
  struct HandedOver {
    Sessions::Picked picked;
    Nanoseconds at;
    MemoryBudget::Receipt room;
  };

  explicit WorkerDaemon(Config config);
  static std::shared_ptr<const HandedOver> handed_over(const LaneResult& lanes);

  Result<void> listen(zmq::context_t& context, int queue_max);

  void handle(Hub::Incoming incoming);
  void answer_strangers();
  FromPeer<void> obey(const Sessions::Peer& peer, const wire::Envelope& head);
  FromPeer<void> welcome(const Sessions::Peer& peer, const wire::Hello& hello);
  FromPeer<void> open_job(const Sessions::Peer& peer, const wire::OpenJob& message);
  FromPeer<OpenedJob> prepared(const Job& job) const;
  FromPeer<void> enqueue(const Sessions::Peer& peer, const wire::Task& message);
  void cancel(const Sessions::Peer& peer, const wire::Cancel& message);
  void acknowledge(const Sessions::Peer& peer, std::uint64_t job,
                   const google::protobuf::RepeatedField<std::uint32_t>& chunks);
  void refuse(const Sessions::Peer& peer, const PeerError& error);
  void end_session(const Sessions::Peer& peer);
  bool hang_up(const Sessions::Peer& peer);
  void part_with(const Sessions::Peer& peer);
  void part_with_the_silent(Nanoseconds now);

  void feed_lanes();
  static LaneTask lane_task_of(const std::shared_ptr<const HandedOver>& handed);
  bool is_worth_no_lane(const Sessions::Picked& picked) const;
  bool compute_here(const LaneTask& task);
  void end_task(LaneResult lanes);  // on a lane's thread
  void take_finished();
  void settle(TaskResult result);
  void report(const HandedOver& handed, TaskResult result);
  void deliver(const Sessions::Peer& peer, const KeptResult& result);
  void send(const Sessions::Peer& peer, wire::Envelope head);
  void send_what_waits();

  void say_to_all(const wire::Envelope& envelope);
  void beat(Nanoseconds now);
  void heed_stop_requests();
  void say_goodbye_once_drained(Nanoseconds now);
  bool is_done(Nanoseconds now) const;
  Nanoseconds next_timer() const;

  const Config config_;
  const Identity identity_;
  std::unique_ptr<Gate> gate_;  // null: no keys are asked for
  std::unique_ptr<Hub> link_;
  std::optional<Address> address_;
  Sessions sessions_;
  std::map<Sessions::Peer, TcpHandle> connections_;  // of all with a session, and of some without
  MemoryBudget memory_;
  std::optional<Outbox> outbox_;  // from start() on
  KeptResults results_;
  Nanoseconds task_ns_ =
      kSecond;  // lane time of the last tasks, a moving mean; one long task counts at once
  std::size_t in_lanes_ = 0;  // tasks that were handed over, until their results are taken
  bool is_behind_ = false;    // there is more to compute here
  Watchdog watchdog_;
  bool has_hung_ = false;
  Nanoseconds next_beat_ = 0;
  bool is_draining_ = false;
  Nanoseconds drained_by_ = 0;  // not 0: all is done; the last results may travel until then
  bool is_leaving_ = false;
  std::optional<Responder> responder_;  // if masters may find it

  std::atomic<int> stop_requests_{0};
  Wakeup wakeup_;
  std::mutex finished_mutex_;
  std::deque<TaskResult> finished_;  // from the lanes to the loop
  std::unique_ptr<LanePool> pool_;   // last: its lanes use the members above
};

}  // namespace mandel
