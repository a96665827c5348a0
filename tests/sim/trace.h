// Events and actions as words, for people, and as a hash, to compare whole runs.
#pragma once

#include <string>

#include "master/plan/plan_events.h"

namespace mandel::sim {

std::string in_words(const Event& event);
std::string in_words(const Action& action);

std::uint64_t mix(std::uint64_t hash, Nanoseconds now, const Event& event);
std::uint64_t mix(std::uint64_t hash, const Action& action);

}  // namespace mandel::sim
