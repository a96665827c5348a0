// By what names masters know their work: job, chunk, attempt. A worker serves several masters, each
// of which counts its chunks from 0, so a chunk's number alone names nothing here. Two types, so
// that the compiler tells a chunk (whose result is kept) from one attempt (which is cancelled).
#pragma once

#include <compare>
#include <cstdint>

namespace mandel {

// Names a chunk, whoever computes it and however often.
struct ChunkKey {
  std::uint64_t job = 0;
  std::uint32_t chunk = 0;
  auto operator<=>(const ChunkKey&) const = default;
};

// Names one attempt at one chunk, of one master.
struct TaskKey {
  std::uint64_t job = 0;
  std::uint32_t chunk = 0;
  std::uint32_t attempt = 0;
  auto operator<=>(const TaskKey&) const = default;

  ChunkKey chunk_key() const { return {job, chunk}; }
};

}  // namespace mandel
