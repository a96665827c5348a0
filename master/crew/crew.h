// All workers that a master was told to use, with their sessions. They outlive a job, so that a
// sweep's many jobs run over the same connections. The crew
// grows when its sources name somebody new; who is named no more stays in it, with nothing to do,
// since everything that is kept of a worker goes by its number. It grows, too, when somebody comes
// in through the lobby.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "common/keys/key_ring.h"
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
    std::size_t body_bytes_max = 0;          // no chunk of any job may be larger
    std::string_view semantics = kExactF64;  // of all counts; a benchmark's are of the noop kernel
    Credentials credentials{KeyRing::Role::kMaster};
  };

  Crew(zmq::context_t& context, Config config) : context_(context), config_(std::move(config)) {}

  // Begins to dial one that stays to the end; plainly if it is not said how.
  void add(std::string label, std::string endpoint,
           std::function<Result<Security>()> security = {});
  // May block for as long as names take to resolve: what it says first is dialled at once.
  void add(std::unique_ptr<HostSource> source);
  // Whoever comes in there belongs to it.
  void add(std::unique_ptr<Lobby> lobby) { lobby_ = std::move(lobby); }

  // Asks the sources and the lobby, and begins a session with whom they name for the first time.
  void refresh(Nanoseconds now);
  Nanoseconds next_timer() const;
  void watch(Sleeper& sleeper);
  // Waits until every source has said what there is for a beginning, or a signal comes.
  void gather(StopSignals& signals);
  // Is there hope for more, or for others, than are here now?
  bool may_change() const;
  // Nobody comes or goes any more.
  void freeze();
  // What to do if nobody can be used; empty, or a sentence.
  std::string advice() const;

  // If not, it should get no more work, and no session once it has none.
  bool is_wanted(WorkerId worker) const { return roster_.is_wanted(worker); }
  std::size_t size() const { return hosts_.size(); }
  Host& operator[](WorkerId worker) { return *hosts_[worker]; }
  auto begin() const { return hosts_.begin(); }  // of pointers to Host, by WorkerId
  auto end() const { return hosts_.end(); }

 private:
  struct Source {
    std::unique_ptr<HostSource> source;
    std::vector<Address> wanted;  // as it said last
  };

  bool has_begun() const;
  void enlist(Host::Config config);
  void dial(const Address& address, bool may_block);
  void look(Nanoseconds now, bool may_block);
  void let_in(Nanoseconds now);

  zmq::context_t& context_;
  const Config config_;
  std::vector<Source> sources_;
  std::unique_ptr<Lobby> lobby_;  // may be null; its guests' links go before it
  std::size_t guests_ = 0;
  Roster roster_;
  std::vector<std::unique_ptr<Host>> hosts_;  // by WorkerId
  bool has_complained_ = false;
};

}  // namespace mandel
