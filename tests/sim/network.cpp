// See network.h.
#include "tests/sim/network.h"

#include <algorithm>
#include <utility>

namespace mandel::sim {

void Link::send(Way way, const std::function<void()>& deliver) {
  if (spec_.loss > 0 && random_.chance(spec_.loss)) return;
  if (spec_.doubling > 0 && random_.chance(spec_.doubling)) send_surely(way, deliver);
  send_surely(way, deliver);
}

void Link::send_surely(Way way, std::function<void()> deliver) {
  Nanoseconds& newest = newest_[static_cast<std::size_t>(way)];
  const auto jitter = spec_.jitter > 0 ? random_.uniform(0, static_cast<double>(spec_.jitter)) : 0;
  newest = std::max(newest, timeline_.now() + spec_.delay + static_cast<Nanoseconds>(jitter));
  deliver_at(newest, way, std::move(deliver));
}

void Link::block(Way way, Nanoseconds until) {
  Nanoseconds& blocked = blocked_[static_cast<std::size_t>(way)];
  blocked = std::max(blocked, until);
}

void Link::heal() {
  spec_.loss = spec_.doubling = 0;
  blocked_ = {};
}

void Link::deliver_at(Nanoseconds when, Way way, std::function<void()> deliver) {
  timeline_.at(when, [this, way, deliver = std::move(deliver)]() mutable {
    const Nanoseconds blocked = blocked_[static_cast<std::size_t>(way)];
    if (timeline_.now() >= blocked) return deliver();
    deliver_at(blocked, way, std::move(deliver));
  });
}

}  // namespace mandel::sim
