// A state of the live page as it travels: small JSON, which is sent ten times a second, and bytes
// for what is large, of which a reader asks for the changes since the version that it has.
// docs/live.md has the formats. Pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "master/colours/colour_map.h"
#include "master/live/live_state.h"

namespace mandel {

// Names come from other machines: what is no UTF-8 is replaced. `instance` tells one master from
// the next at the same address.
std::string state_json(const LiveState& state, const std::string& instance);

// Those that are new or changed since this version; 0: all.
std::string happenings_json(const LiveState& state, std::uint64_t since);

// Rows that changed since. A map by rank has learnt from counts already; as of `recoloured` all
// colours are others.
std::string row_bytes(const LiveState& state, std::uint64_t since, const ColourMap& colours,
                      std::uint64_t recoloured);

std::string lane_bytes(const LaneColumns& lanes, std::uint64_t version, std::uint64_t since);

// What stays the same: version, parts of a lane's time.
std::string job_json();

}  // namespace mandel
