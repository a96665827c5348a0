// The names of things in the brain. Plain numbers: they index tables of a million entries.
#pragma once

#include <cstdint>

namespace mandel {

using WorkerId = std::uint32_t;  // one session with one worker; never used twice
using MachineId =
    std::uint32_t;  // one address that workers are reached under, through all sessions
using ChunkId = std::uint32_t;

inline constexpr MachineId kNobody = UINT32_MAX;

}  // namespace mandel
