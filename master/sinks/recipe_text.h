// What the outputs of a job say of how they were made. Jobs and `reduce` write the same text, and
// both know a part of it, the digest of all counts, only when these are there.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "common/wire/job.h"
#include "master/colours/rendering.h"
#include "master/sinks/sink.h"

namespace mandel {

// To be called when `digest` is there.
std::function<std::string()> recipe_text(Job job, Rendering rendering,
                                         std::shared_ptr<const CountsDigest> digest);

}  // namespace mandel
