// Gathers the facts about hosts. Every step has a deadline of its own, so no host can hold up the
// report for longer than their sum, whatever it does or does not say.
#pragma once

#include <cstddef>
#include <vector>
#include <zmq.hpp>

#include "common/keys/key_ring.h"
#include "master/doctor/facts.h"

namespace mandel::doctor {

inline constexpr std::size_t kHostsAtOnce = 64;

// Many hosts at once are asked whether they answer. Those that could be used are then measured one
// after another, since they share this machine's cable.
std::vector<Facts> examine(zmq::context_t& context, const std::vector<Address>& hosts,
                           const Credentials& credentials);

}  // namespace mandel::doctor
