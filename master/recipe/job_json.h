// A job as JSON, for all that says its job in text: pictures (recipe.h), and lines that other
// programs carry (master/lines). Not among the messages, which are protobuf's: nobody reads those.
#pragma once

#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "common/wire/job.h"

namespace mandel {

// {"counts": ..., "grid": ..., "max_iter": ...}. Coordinates are decimals that read back as the
// same numbers.
nlohmann::ordered_json json_of(const Job& job);

// Of an object that has these among others; it can be computed. Throws std::invalid_argument, with
// half a sentence about the object, or what Json throws.
Job job_of(const nlohmann::ordered_json& json);

// The same of a whole number. Json would cut one that is too large.
template <typename Number>
Number whole(const nlohmann::ordered_json& object, const char* key) {
  const auto& json = object.at(key);
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > std::numeric_limits<Number>::max())
    throw std::invalid_argument(std::string("has a number that can't be: ") + key);
  return json.get<Number>();
}

}  // namespace mandel
