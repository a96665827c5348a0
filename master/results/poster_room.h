// Has the disk room for posters? A store takes its room before a job begins; tiles, a hundred
// thousand files, can't. So what they will need is estimated, said, and held against what is free.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "master/chunks/picture_size.h"
#include "master/colours/rendering.h"

namespace mandel {

// Of those among the outputs. The counts, meanwhile, go to `store`; empty: nowhere. Logs a line for
// each poster. The error has both figures.
Result<void> check_poster_room(const std::vector<std::string>& outputs, const PictureSize& size,
                               const Rendering& rendering, const std::string& store = {});

}  // namespace mandel
