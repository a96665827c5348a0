// The options that several programs have, and CLI11 itself. Only files that read a command line
// include this: CLI11's headers are slow to compile, and keys, logs and metrics need none of them.
#pragma once

#include <CLI/CLI.hpp>  // IWYU pragma: export
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/decimal.h"
#include "common/base/error.h"
#include "common/keys/key_ring.h"
#include "common/program/log.h"

namespace mandel {

// A number from `low` to `high`; see decimal.h. `target` may be an optional one; what it is before
// is the default that --help shows.
template <typename Number, typename Target>
CLI::Option* add_number(CLI::App& app, const std::string& name, Target& target, Number low,
                        Number high, const std::string& description) {
  auto* option = app.add_option_function<std::string>(
      name,
      [name, &target, low, high](const std::string& text) {
        const auto value = decimal<Number>(text);
        if (!value || *value < low || *value > high)
          throw CLI::ValidationError(
              name, fmt::format("'{}': give a {}number from {} to {}, in decimal", text,
                                std::is_integral_v<Number> ? "whole " : "", low, high));
        target = *value;
      },
      description);
  if constexpr (std::is_same_v<Number, Target>) option->default_str(fmt::format("{}", target));
  return option;
}

// An option whose text is read once, into what the program needs; the error names the option.
template <typename Value, typename Target>
CLI::Option* add_read(CLI::App& app, const std::string& name, Target& target,
                      Result<Value> (*read)(std::string_view text),
                      const std::string& description) {
  return app.add_option_function<std::string>(
      name,
      [name, &target, read](const std::string& text) {
        auto value = read(text);
        const std::string first_name = name.substr(0, name.find(','));
        if (!value) throw CLI::ValidationError(first_name, value.error().what);
        target = *std::move(value);
      },
      description);
}

// A file or folder. An empty name is a variable that a script forgot to set.
CLI::Option* add_path(CLI::App& app, const std::string& name, std::string& target,
                      const std::string& description);

// --keys.
CLI::Option* add_keys_option(CLI::App& app, std::string& folder);
// --keys, --insecure and, for a master, --accept-new.
std::vector<CLI::Option*> add_key_options(CLI::App& app, Credentials& credentials);
// --log-format.
CLI::Option* add_log_format_option(CLI::App& app, LogFormat& format);
// --metrics; empty: none are served.
CLI::Option* add_metrics_option(CLI::App& app, std::string& address);

}  // namespace mandel
