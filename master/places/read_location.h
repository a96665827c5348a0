// Reads the files in which people keep and share places: those of Kalles Fraktaler (.kfr), of
// Fraktaler 3 and rust-fractal (.toml), and of DeepDrill (.ini). Whose it is, the content tells,
// not the name. What a file asks for beyond a place and a limit is either decoration and ignored,
// or would change the counts, and refused by name.
#pragma once

#include <string>
#include <string_view>

#include "master/places/location.h"

namespace mandel {

// An error is a half sentence about the file.
Result<Location> read_location(std::string_view text);

// The same of a file, which is bounded before it is read; a pipe, too. The error names the file.
Result<Location> read_location_file(const std::string& path);

}  // namespace mandel
