// Writes a place as other programs read it, so that a picture of ours can be opened in theirs.
#pragma once

#include <optional>
#include <string>

#include "master/places/location.h"

namespace mandel {

enum class LocationFormat {
  kKfr,        // Kalles Fraktaler
  kFraktaler,  // Fraktaler 3's TOML
};

// By the extension; nothing if no program reads such a file.
std::optional<LocationFormat> location_format_of(const std::string& path);

// `location` has a limit.
std::string location_text(LocationFormat format, const Location& location);

}  // namespace mandel
