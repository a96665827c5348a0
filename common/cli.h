// What the two command lines share: exit codes, the form of an error.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>

#include "common/error.h"

namespace mandel {

// Documented in docs/usage.md and in --help.
inline constexpr int kExitDone = 0;
inline constexpr int kExitHung = 1;  // a worker's lane: the process had to end without it
inline constexpr int kExitUsage = 2;
inline constexpr int kExitVerification = 3;
inline constexpr int kExitNoWorker = 4;
inline constexpr int kExitOutput = 5;
inline constexpr int kExitInterrupted = 130;  // as shells say: 128 + SIGINT

// Parses; if that ends the program (--help, a wrong option) the exit code, with all said.
std::optional<int> parse(CLI::App& app, int argc, char** argv);

// Says "PROGRAM: error" on stderr, or logs it where logs are JSON, and returns the exit code.
int complain(const Error& error, int exit_code);

// Every connection takes a few file descriptors; asks for as many as the system allows.
void raise_file_limit();

}  // namespace mandel
