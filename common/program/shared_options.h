// The options that several programs have, and CLI11 itself. Only files that read a command line
// include this: CLI11's headers are slow to compile, and keys, logs and metrics need none of them.
#pragma once

#include <CLI/CLI.hpp>  // IWYU pragma: export
#include <string>
#include <vector>

#include "common/keys/key_ring.h"
#include "common/program/log.h"

namespace mandel {

// --keys.
CLI::Option* add_keys_option(CLI::App& app, std::string& folder);
// --keys, --insecure and, for a master, --accept-new.
std::vector<CLI::Option*> add_key_options(CLI::App& app, Credentials& credentials);
// --log-format.
CLI::Option* add_log_format_option(CLI::App& app, LogFormat& format);
// --metrics; empty: none are served.
CLI::Option* add_metrics_option(CLI::App& app, std::string& address);

}  // namespace mandel
