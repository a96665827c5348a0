// --chunks N, and what it is where nobody gives it: how many chunks a picture is cut into before
// anything is known of the workers. (--chunks auto measures them first: auto_chunks.h.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace mandel {

// The remark is for the user, where the count is not what was asked for.
struct ChunkCount {
  std::uint32_t chunks = 1;
  std::string remark;
};
// `is_dear`: a row of it is work enough for a chunk, as of true-count.
ChunkCount chunk_count(std::optional<std::uint32_t> asked, std::uint32_t columns,
                       std::uint32_t rows, bool is_dear = false);

}  // namespace mandel
