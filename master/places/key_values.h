// What TOML, INI and .kfr files have in common: lines of a key and a value, some below a heading.
// Not a parser of TOML: of these files four values count, and what else is in them (palettes,
// shaders) must not stop us.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace mandel {

struct KeyValue {
  std::string key;  // in lower case, after its heading and a point, as TOML's dotted keys
  std::string value;
  char separator = '=';     // or ':'
  bool is_quoted = false;   // then its end is certain
  bool is_complete = true;  // false: nothing ends the file's last line, so it may be cut
};

// In the order of the file. An error if a quoted value has no end.
Result<std::vector<KeyValue>> key_values(std::string_view text);

}  // namespace mandel
