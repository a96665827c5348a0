// How large a picture is, and how deep: all that a file's header, a store and a table need of a
// job.
#pragma once

#include <cstdint>

namespace mandel {

struct PictureSize {
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint32_t max_iter = 0;
};

}  // namespace mandel
