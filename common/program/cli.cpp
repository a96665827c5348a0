// See cli.h.
#include "common/program/cli.h"

#include <CLI/CLI.hpp>
#include <errno.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sstream>

#include "common/program/config.h"
#include "common/program/log.h"
#include "common/program/streams.h"

namespace mandel {
namespace {

// CLI11 would accept the program's options before a subcommand's name, and ignore them.
void check_order(const CLI::App& app) {
  if (app.get_subcommands().empty()) return;
  for (const CLI::Option* option : app.get_options())
    if (option->count() > 0)
      throw CLI::ExtrasError(
          fmt::format("{0}: options of {1} come after the word {1}", option->get_name(),
                      app.get_subcommands().front()->get_name()),
          CLI::ExitCodes::ExtrasError);
}

// An error that begins "--listen 0.0.0.0: ..." has to say where the value is from, if the user
// never typed it.
std::string with_origin(const std::string& sentence) {
  const std::string option = sentence.substr(0, sentence.find_first_of(" :,"));
  const std::string origin = origin_of(option);
  return origin.empty() ? sentence : fmt::format("{} ({} is from {})", sentence, option, origin);
}

}  // namespace

std::optional<int> parse(CLI::App& app, int argc, char** argv) {
  try {
    add_config_options(app);
    app.parse(argc, argv);
    check_order(app);
    apply_config(app);
    if (!wants_config_printed(app)) return std::nullopt;
    print_result(config_text(app));
    return kExitDone;
  } catch (const CLI::Success& success) {  // --help and its like
    std::ostringstream said;
    const int exit_code = app.exit(success, said, said);
    print_result(said.str());
    return exit_code;
  } catch (const CLI::ParseError& error) {
    show_message(fmt::format("{0}: {1}\nTry '{0} --help'.\n", app.get_name(), error.what()));
    return kExitUsage;
  }
}

CLI::Option* add_action(CLI::App& app, const std::string& name, std::function<void()> action,
                        const std::string& description) {
  return app
      .add_flag_callback(
          name,
          [action = std::move(action)] {
            action();
            throw CLI::Success();
          },
          description + ", and exit")
      ->configurable(false);
}

int complain(const Error& error, int exit_code) {
  const std::string sentence = with_origin(error.what);
  if (is_log_json())
    spdlog::error("{}", sentence);
  else
    show_message(fmt::format("{}: {}\n", program_invocation_short_name, sentence));
  return exit_code;
}

}  // namespace mandel
