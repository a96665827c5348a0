// What the programs' command lines share: parsing, exit codes, the form of an error. Not in
// shared_options.h: that includes CLI11, which is slow to compile, and most who include this only
// need an exit code or complain().
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "common/base/error.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace mandel {

// Documented in docs/output.md and in --help.
inline constexpr int kExitDone = 0;
// A bug of ours; of a worker, a lane that hung: the process had to end without it.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitVerification = 3;
inline constexpr int kExitNoWorker = 4;
inline constexpr int kExitOutput = 5;
inline constexpr int kExitUnwell = 6;         // mandel-master doctor: some host can't be used
inline constexpr int kExitWant = 7;           // of memory, threads or descriptors: resources.h
inline constexpr int kExitInterrupted = 130;  // as shells say: 128 + SIGINT

// Parses the command line, and fills in what it leaves open from environment and file (config.h).
// If that ends the program (--help, a wrong option) the exit code, with all said.
std::optional<int> parse(CLI::App& app, int argc, char** argv);

// Adds a flag that does something instead of the program's work; it has no place in a file.
CLI::Option* add_action(CLI::App& app, const std::string& name, std::function<void()> action,
                        const std::string& description);

// Says "PROGRAM: error" on stderr, or logs it where logs are JSON, and returns the exit code.
int complain(const Error& error, int exit_code);

}  // namespace mandel
