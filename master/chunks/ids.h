// The names of things in the plan. Plain numbers: they index tables of a million entries.
#pragma once

#include <cstdint>

namespace mandel {

// Not in plan.h: crew, results and stats speak of workers and chunks, too, and know no plan.
using SessionId = std::uint32_t;  // one session with one worker; never used twice in a job
using WorkerId = std::uint32_t;   // a member of the crew, through all its sessions
using ChunkId = std::uint32_t;

inline constexpr WorkerId kNobody = UINT32_MAX;

}  // namespace mandel
