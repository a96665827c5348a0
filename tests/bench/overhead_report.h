// The overhead's figures, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/overhead.h"

namespace mandel {

std::string overhead_table(const std::vector<Overhead>& loads, std::uint32_t repeats);
std::string overhead_json(const std::vector<Overhead>& loads);

}  // namespace mandel
