// All workers that a master was told to use, with their sessions. They outlive a job, so that a
// sweep's many jobs run over the same connections. The crew grows when a source names a new worker,
// or when one comes in through the lobby. A worker that is named no more stays in it with nothing
// to do, since all that is kept of a worker goes by its number. A process that is named twice (two
// address families, two network cards, a name and its number) is one worker: it must neither count
// twice nor check its own results.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zmq.hpp>

#include "common/keys/key_ring.h"
#include "common/net/host_expression.h"
#include "common/net/resolver.h"
#include "common/net/wakeup.h"
#include "master/crew/codec_choice.h"
#include "master/crew/host.h"
#include "master/crew/lobby.h"
#include "master/crew/roster.h"
#include "master/crew/sources/host_source.h"

namespace mandel {

class Crew {
 public:
  struct Config {
    Codec codec = Codec::kAuto;
    std::size_t body_bytes_max = 0;  // no chunk of any job may be larger
    // Of all jobs' counts: semantics_of(job); a benchmark's are of the noop kernel.
    std::string_view semantics = kExactF64;
    Credentials credentials{KeyRing::Role::kMaster};
    std::size_t hosts_max = kHostsMax;  // fewer where descriptors are few
  };

  Crew(zmq::context_t& context, Config config)
      : context_(context), config_(std::move(config)), roster_(config_.hosts_max) {}

  // Begins to dial a worker that stays to the end; in plain text without `security`.
  void add(std::string label, std::string endpoint,
           std::function<Result<Security>()> security = {});
  // Dials at once what the source says first.
  void add(std::unique_ptr<HostSource> source);
  // Workers that come in there belong to the crew.
  void add(std::unique_ptr<Lobby> lobby) { lobby_ = std::move(lobby); }

  // Asks the sources and the lobby, and begins a session with every worker that is new.
  void refresh(Nanoseconds now);
  Nanoseconds next_timer() const;
  void watch(Sleeper& sleeper);
  // Waits until every source has said what there is for a beginning, or a signal comes.
  void gather(StopSignals& signals);
  // May workers still come that are not here now?
  bool may_change() const;
  // From now on no worker comes or goes.
  void freeze();
  // What to do if no worker can be used; empty, or a sentence.
  std::string advice() const;

  // What happened at this worker next: see Host::poll(). Only who is nobody else's second name gets
  // Ready.
  std::optional<HostEvent> poll(WorkerId worker, Nanoseconds now);
  // A worker that is not wanted gets no more work, and no new session.
  bool is_wanted(WorkerId worker) const { return roster_.is_wanted(worker); }
  // Another name of a worker that is used under its first one.
  bool is_second_name(WorkerId worker) const { return roster_.is_merged(worker); }
  std::size_t size() const { return hosts_.size(); }
  Host& operator[](WorkerId worker) const { return *hosts_[worker]; }
  auto begin() const { return hosts_.begin(); }  // of pointers to Host, by WorkerId
  auto end() const { return hosts_.end(); }

 private:
  struct Source {
    std::unique_ptr<HostSource> source;
    std::vector<Address> wanted;  // as it said last
  };

  bool has_begun() const;
  void enlist(Host::Config config);
  void dial(const Address& address);
  void look(Nanoseconds now);
  void let_in(Nanoseconds now);
  void split_if_renewed(WorkerId worker);
  std::optional<WorkerId> first_name_of(WorkerId worker) const;
  void merge(WorkerId second, WorkerId first, Nanoseconds now);

  zmq::context_t& context_;
  const Config config_;
  Resolver resolver_;
  std::vector<Source> sources_;
  std::unique_ptr<Lobby> lobby_;  // may be null; its guests' links go before it
  std::size_t guests_ = 0;
  Roster roster_;
  std::vector<std::unique_ptr<Host>> hosts_;      // by WorkerId
  std::set<std::pair<WorkerId, WorkerId>> told_;  // second and first names
  bool has_complained_ = false;
};

}  // namespace mandel
