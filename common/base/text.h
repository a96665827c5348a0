// Text that came from somewhere else. A peer, a file or a stray server on the port can say
// anything, and what a terminal does with escape sequences is not for them to choose.
#pragma once

#include <string>
#include <string_view>

namespace mandel {

// Made fit for a log and for the wire: UTF-8 without control characters and without marks that
// change how others look, each byte of these a '?'; and cut to a length.
std::string printable(std::string_view text);

// What this machine calls itself, printable.
std::string host_name();

// One word of a shell's command line, whatever is in it: for commands that are shown to be copied.
std::string shell_word(const std::string& text);

}  // namespace mandel
