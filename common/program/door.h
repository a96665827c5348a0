// What stands between main() and the world: standard streams, signals that would end the process
// without a word, and exceptions. None leaves main, whichever program it is of.
#pragma once

namespace mandel {

// All that main() does. `body` says what the program is; its exit code stands, unless results that
// it printed are lost. What it throws becomes a sentence and an exit code.
int run_program(int (*body)(int argc, char** argv), int argc, char** argv);

// Ends the process as a return from `body` would, but without waiting for any thread: of a lane
// that hangs nothing else gets rid.
[[noreturn]] void end_program(int exit_code);

}  // namespace mandel
