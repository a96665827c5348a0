// What a worker leaves behind when it goes, and what is said of it: which chunks it had, and who
// goes on with each. Beside the recorder, which knows when; here is how a sentence stays short,
// whatever the number of chunks and heirs, and such that page/picture.js finds the chunks that it
// names. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>

#include "master/chunks/ids.h"

namespace mandel {

struct Estate {
  std::string said = {};                   // how it went, without a full stop
  std::map<ChunkId, WorkerId> heirs = {};  // kNobody: the chunk waits for one
  std::uint32_t revoked = 0;               // chunks that it had done, and nobody believes
};

std::string in_words(const Estate& estate, const std::function<std::string(WorkerId)>& name);

// "chunk 7", "chunks 3, 4 and 9", "chunks 3 to 8, 11 and 12 more". They rise.
std::string name_chunks(std::span<const ChunkId> chunks);

// "1 chunk", "2 chunks"
std::string count_chunks(std::size_t count);

}  // namespace mandel
