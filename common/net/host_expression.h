// Many hosts in few words, as Slurm and pdsh write them: desk[01-16], rack[1,3-5]n[1-2]:5756. Pure
// text to text, before any of it is an address.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace mandel {

// More hosts than this are a typing mistake, and each would take sockets.
inline constexpr std::size_t kHostsMax = 4096;

// Without the spaces around it, the carriage return of a foreign line's end among them.
std::string_view without_spaces(std::string_view text);

// A list at its commas, those in brackets left alone; without the spaces around each.
std::vector<std::string_view> split_hosts(std::string_view list);

// Each word of a comma-separated list, with its bracketed ranges counted through, the last bracket
// fastest; numbers written with a leading zero keep their width. A bracket with anything else in it
// is left as it is: [::1] is an address. The error quotes the word.
Result<std::vector<std::string>> expand_hosts(std::string_view list);

}  // namespace mandel
