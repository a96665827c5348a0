// One worker's link with the master, both ways. It delays, loses, doubles and holds up messages,
// and never changes their order: below it is TCP. What is held up arrives when the link heals, if
// the session that it belongs to still exists; the receivers check that.
#pragma once

#include <array>
#include <functional>

#include "tests/sim/random.h"
#include "tests/sim/timeline.h"

namespace mandel::sim {

enum class Way { kToWorker, kToMaster };

struct LinkSpec {
  Nanoseconds delay = 0;  // one way
  Nanoseconds jitter = 0;
  double loss = 0;
  double doubling = 0;
};

class Link {
 public:
  Link(Timeline& timeline, Random& random, LinkSpec spec)
      : timeline_(timeline), random_(random), spec_(spec) {}

  void send(Way way, const std::function<void()>& deliver);
  // Handshakes, acknowledgements and goodbyes: whoever sends them notices when they can't go out,
  // and sends them again.
  void send_surely(Way way, std::function<void()> deliver);
  // Nothing arrives until then.
  void block(Way way, Nanoseconds until);
  // From now on it only delays.
  void heal();
  Nanoseconds delay_max() const { return spec_.delay + spec_.jitter; }

 private:
  void deliver_at(Nanoseconds when, Way way, std::function<void()> deliver);

  Timeline& timeline_;
  Random& random_;
  LinkSpec spec_;
  std::array<Nanoseconds, 2> newest_{};   // arrival
  std::array<Nanoseconds, 2> blocked_{};  // until
};

}  // namespace mandel::sim
