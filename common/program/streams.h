// Standard output and standard error, in one place. stdio and iostreams hide that a stream is full
// or gone until the process ends, fmt::print throws there, and all of them wait for a terminal that
// stalls. Here what fails is remembered, and no message holds up the work.
#pragma once

#include <optional>
#include <string_view>

#include "common/base/error.h"

namespace mandel {

// Before any file is opened. A standard stream that is closed gets a descriptor that refuses every
// write: else the next file would get its number, and with it what is printed. From here on
// messages never wait; until then they do, which is all that a unit test needs.
void secure_streams();

// A result, to standard output. Waits for whoever reads it. After a failure nothing more is tried.
void print_result(std::string_view text);
// Has all that was printed been taken so far?
bool can_print();
// Why not all that was printed has arrived. Told once.
std::optional<Error> take_print_failure();

// A message, to standard error. If nobody takes it now it is kept, up to a bound; beyond that it is
// left out, and the gap is shown. If nobody ever can, nothing happens.
void show_message(std::string_view text);
// The same for what is worthless a moment later: left out at once.
void show_fleeting(std::string_view text);
// Is standard error a terminal that obeys escape sequences? Colour may be unwanted all the same.
bool has_terminal();
bool wants_colour();
// At the end: waits a moment for messages that nobody has taken yet.
void flush_messages();

}  // namespace mandel
