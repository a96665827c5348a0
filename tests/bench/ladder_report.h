// What a climb looks like to a person and to a program.
#pragma once

#include <string>

#include "tests/bench/ladder.h"

namespace mandel {

// The table, with a header that says what was measured and how.
std::string table(const Ladder& ladder);

std::string json(const Ladder& ladder);

}  // namespace mandel
