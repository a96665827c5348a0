// Options from the environment, and from a file in TOML. Their names there follow from the option's
// name alone, so that an option or subcommand added later has them by itself. Why not CLI11's own
// set_config() and envname(): in 2.1.2 its file beats the environment, its errors name neither, and
// an option of a file is an error where one on the command line excludes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace CLI {
class App;
}

namespace mandel {

// Adds --config and --print-config to a program "mandel-NAME" and to its subcommands.
void add_config_options(CLI::App& app);

// After the command line of `app` was parsed: gives each option that was not on it the value of the
// environment (--log-format of mandel-worker: MANDEL_WORKER_LOG_FORMAT) or else of the file (key
// log-format), which is --config's or /etc/mandel/NAME.toml, if that exists. A subcommand's options
// have a section of that name ([sweep]) and MANDEL_MASTER_SWEEP_...; without a value there, one
// that the whole program has as well, in the same form, takes the program's. A value is skipped if
// its option is excluded by one from a nearer source. Throws CLI::ParseError, which names the
// variable, or the file and the key.
void apply_config(CLI::App& app);

// The file that the last apply_config() read; empty: none.
std::string config_file();

// What the last apply_config() found odd, for the log, which there was none of then: variables that
// are named like this program's options and are none.
std::vector<std::string> take_config_remarks();

// --print-config was given.
bool wants_config_printed(const CLI::App& app);

// The values in force as a file that --config reads, each with where it came from; defaults as
// comments.
std::string config_text(const CLI::App& app);

// "the environment variable ..." or "FILE, key ..." if that gave `option` ("--listen") its value;
// empty if the command line or the program itself did. Of the last apply_config().
std::string origin_of(std::string_view option);

}  // namespace mandel
