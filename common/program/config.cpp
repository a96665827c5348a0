// See config.h.
#include "common/program/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "common/program/version.h"

namespace mandel {
namespace {

constexpr std::size_t kFileBytesMax = 1u << 20;
constexpr const char* kPrint = "--print-config";
constexpr const char* kFile = "--config";

// Where each option's value came from, if not from the command line: "--listen" -> "FILE, key
// listen".
std::map<std::string, std::string, std::less<>> origins;
std::string file_in_force;
// What is to be said when there is a log.
std::vector<std::string> strangers;

// The command whose options are in force: the subcommand given, or the program itself.
CLI::App& active(CLI::App& app) {
  return app.get_subcommands().empty() ? app : active(*app.get_subcommands().front());
}

const CLI::App& active(const CLI::App& app) { return active(const_cast<CLI::App&>(app)); }

// "sweep." before the keys of mandel-master's sweep; nothing before those of the program.
std::string section(const CLI::App& command) {
  return command.get_parent() == nullptr
             ? ""
             : section(*command.get_parent()) + command.get_name() + '.';
}

const CLI::App& program(const CLI::App& command) {
  return command.get_parent() == nullptr ? command : program(*command.get_parent());
}

// mandel-worker and log-format: MANDEL_WORKER_LOG_FORMAT
std::string variable(const CLI::App& command, const std::string& key) {
  std::string name = program(command).get_name() + '_' + key;
  for (char& c : name) {
    const auto letter = static_cast<unsigned char>(c);
    c = std::isalnum(letter) != 0 ? static_cast<char>(std::toupper(letter)) : '_';
  }
  return name;
}

std::string default_file(const CLI::App& app) {
  const std::string name = program(app).get_name();
  return "/etc/mandel/" + name.substr(name.find('-') + 1) + ".toml";
}

bool is_flag(const CLI::Option& option) { return option.get_expected_min() == 0; }

struct Key {
  std::string text;  // "sweep.hosts"
  std::string name;  // "hosts": what get_flag_value() wants
};

// The keys that mean this option of `command`, the nearest first.
std::vector<Key> keys_of(const CLI::App& command, const CLI::Option& option) {
  std::vector<Key> keys;
  for (const std::string& name : option.get_lnames())
    keys.push_back({section(command) + name, name});
  if (command.get_parent() == nullptr) return keys;
  const CLI::App& parent = *command.get_parent();
  const CLI::Option* same = parent.get_option_no_throw(option.get_name());
  if (same == nullptr || same->get_type_name() != option.get_type_name()) return keys;
  for (Key& key : keys_of(parent, *same)) keys.push_back(std::move(key));
  return keys;
}

// The settings of one source: a key of the file or a variable's name, and what it says.
using Settings = std::map<std::string, std::vector<std::string>>;

// Gives `option` these values as if they were on its command line.
void give(CLI::Option& option, const std::string& name, std::vector<std::string> values,
          const std::string& origin) try {
  if (is_flag(option))
    values = {option.get_flag_value(name, CLI::detail::join(values, ","))};
  else if (option.get_items_expected_max() == 1)
    values = {CLI::detail::join(values, ",")};  // ["desk1", "desk2"]: our lists are one word
  option.add_result(values);
  option.run_callback();
  origins[option.get_name()] = origin;
} catch (const CLI::ParseError& error) {
  throw CLI::ConversionError(fmt::format("{}: {}", origin, error.what()));
}

// The options of `command` that were given until now.
std::vector<const CLI::Option*> given(const CLI::App& command) {
  return command.get_options([](const CLI::Option* option) { return option->count() > 0; });
}

// The first of `others` that `option` excludes; null: none.
const CLI::Option* excluded(const CLI::Option& option,
                            const std::vector<const CLI::Option*>& others) {
  const auto excludes = option.get_excludes();
  const auto found = std::ranges::find_if(others, [&](const CLI::Option* other) {
    return excludes.contains(const_cast<CLI::Option*>(other));
  });
  return found == others.end() ? nullptr : *found;
}

// One source's values for all options that neither have one nor exclude one that has.
template <typename Find>
void apply(CLI::App& command, const Find& find) {
  const auto nearer = given(command);
  std::vector<const CLI::Option*> here;
  for (CLI::Option* option : command.get_options()) {
    if (option->count() > 0 || !option->get_configurable() || excluded(*option, nearer) != nullptr)
      continue;
    for (const Key& key : keys_of(command, *option)) {
      if (!find(*option, key)) continue;
      if (const CLI::Option* other = excluded(*option, here))
        throw CLI::ExcludesError(fmt::format("{} excludes {} ({})", origin_of(option->get_name()),
                                             other->get_name(), origin_of(other->get_name())),
                                 CLI::ExitCodes::ExcludesError);
      here.push_back(option);
      break;
    }
  }
}

void apply_environment(CLI::App& command) {
  apply(command, [&](CLI::Option& option, const Key& key) {
    const std::string name = variable(command, key.text);
    const char* value = std::getenv(name.c_str());
    if (value == nullptr || *value == '\0') return false;
    give(option, key.name, {value}, "the environment variable " + name);
    return true;
  });
}

void collect_keys(const CLI::App& command, std::vector<std::string>& keys) {
  for (const CLI::Option* option : command.get_options())
    if (option->get_configurable())
      for (const std::string& name : option->get_lnames()) keys.push_back(section(command) + name);
  for (const CLI::App* sub : command.get_subcommands({})) {
    keys.push_back(section(*sub));
    collect_keys(*sub, keys);
  }
}

[[noreturn]] void fail_file(const std::string& path, const std::string& what) {
  throw CLI::ConfigError(fmt::format("{}: {}", path, what), CLI::ExitCodes::ConfigError);
}

// The text of the file; none if it is the default one and isn't there.
std::string read(const std::string& path, bool is_asked_for) {
  std::error_code ignored;
  if (!is_asked_for && !std::filesystem::exists(path, ignored)) return "";
  if (std::filesystem::is_directory(path, ignored)) fail_file(path, "is a folder, not a file");
  std::ifstream file(path, std::ios::binary);
  if (!file) fail_file(path, fmt::format("can't be read: {}", std::strerror(errno)));
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kFileBytesMax)
    fail_file(path, "is larger than 1 MiB: that is not a configuration file");
  return text;
}

// CLI11's reader cuts comments off before it looks at quotes, and takes what is left for the value.
void check_quotes(const std::string& path, const std::string& key, const std::string& value) {
  if (!value.empty() && (value.front() == '"' || value.front() == '\''))
    fail_file(path, fmt::format("key {}: the quotes of {} don't close (# begins a comment, within "
                                "quotes too)",
                                key, value));
}

Settings read_settings(const CLI::App& app, const std::string& path, const std::string& text) {
  std::vector<std::string> known;
  collect_keys(app, known);
  const auto is_known = [&](const std::string& key) {
    return std::ranges::find(known, key) != known.end();
  };
  Settings settings;
  std::istringstream stream(text);
  for (CLI::ConfigItem& item : CLI::ConfigTOML().from_config(stream)) {
    const bool is_heading = item.name == "++" || item.name == "--";
    if (is_heading) item.name.clear();
    const std::string key = item.fullname();
    if (!is_known(key))
      fail_file(path, fmt::format("{0} {1} is not known; {2} {3} shows all",
                                  is_heading ? "section" : "key",
                                  is_heading ? CLI::detail::join(item.parents, ".") : key,
                                  app.get_name(), kPrint));
    if (is_heading) continue;
    for (const std::string& value : item.inputs) check_quotes(path, key, value);
    if (!settings.emplace(key, item.inputs).second)
      fail_file(path, fmt::format("key {} is set twice", key));
  }
  return settings;
}

void apply_file(CLI::App& command, const std::string& path, const Settings& settings) {
  apply(command, [&](CLI::Option& option, const Key& key) {
    const auto found = settings.find(key.text);
    if (found == settings.end()) return false;
    give(option, key.name, found->second, fmt::format("{}, key {}", path, key.text));
    return true;
  });
}

// Kubernetes tells each container of its services in such variables, whatever they are called.
bool is_of_a_service(std::string_view rest) {
  return rest == "PORT" || rest.starts_with("PORT_") || rest.starts_with("SERVICE_");
}

// What looks as if it were meant for this program, but is no option's.
void look_for_strangers(const CLI::App& app) {
  std::vector<std::string> keys = {"config"};
  collect_keys(app, keys);
  std::set<std::string, std::less<>> known;
  for (const std::string& key : keys) known.insert(variable(app, key));
  const std::string own = variable(app, "");
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view name = std::string_view(*entry).substr(0, std::strcspn(*entry, "="));
    if (!name.starts_with(own) || known.contains(name) || is_of_a_service(name.substr(own.size())))
      continue;
    strangers.push_back(fmt::format("the environment variable {} is no option's; {} {} shows all",
                                    name, app.get_name(), kPrint));
  }
}

bool is_number(const std::string& text) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

std::string quoted(const std::string& text) {
  if (is_number(text)) return text;
  const char quote = text.find('"') == std::string::npos ? '"' : '\'';
  return quote + text + quote;
}

// Its value as the file would have it; empty if it has none.
std::string value_text(const CLI::Option& option) {
  const std::vector<std::string>& values = option.results();
  if (is_flag(option)) {  // the result of a given --no-... is "false"
    const bool is_inverted = option.get_flag_value(option.get_lnames().front(), "true") == "false";
    return option.count() > 0 && option.as<bool>() != is_inverted ? "true" : "false";
  }
  if (values.empty())
    return option.get_default_str().empty() ? "" : quoted(option.get_default_str());
  if (values.size() == 1) return quoted(values.front());
  std::string list;
  for (const std::string& value : values) list += (list.empty() ? "" : ", ") + quoted(value);
  return '[' + list + ']';
}

// Defaults are comments, as in most programs' examples: some exclude what was given.
std::string line(const CLI::Option& option) {
  std::string origin = origin_of(option.get_name());
  if (origin.empty()) origin = option.count() > 0 ? "the command line" : "default";
  const std::string value = value_text(option);
  return fmt::format("{}{} = {}  # {}\n", option.count() > 0 ? "" : "# ",
                     option.get_lnames().front(), value, value.empty() ? "not set" : origin);
}

}  // namespace

void add_config_options(CLI::App& app) {
  const char* group = "Configuration and help";
  app.set_help_flag("-h,--help", "show this, and exit")->group(group);
  if (auto* version = app.get_option_no_throw("--version"))
    version->description("show the version, and exit")->group(group);
  app.add_option(kFile)
      ->description(
          fmt::format("take options from this file too: threads = 2 there, or {}=2 in the "
                      "environment, is --threads 2; default: {}, if there is one",
                      variable(app, "threads"), default_file(app)))
      ->type_name("FILE")
      ->configurable(false)
      ->group(group);
  app.add_flag(kPrint)
      ->description("show the values in force as such a file, and exit")
      ->configurable(false)
      ->group(group);
  for (CLI::App* sub : app.get_subcommands({})) add_config_options(*sub);
}

void apply_config(CLI::App& app) {
  origins.clear();
  strangers.clear();
  look_for_strangers(app);
  CLI::App& command = active(app);
  apply_environment(command);
  const char* in_environment = std::getenv(variable(app, "config").c_str());
  std::string path = in_environment == nullptr ? "" : in_environment;
  if (command.count(kFile) > 0) path = command.get_option(kFile)->as<std::string>();
  const bool is_asked_for = !path.empty();
  if (!is_asked_for) path = default_file(app);
  const std::string text = read(path, is_asked_for);
  file_in_force = is_asked_for || !text.empty() ? path : "";
  apply_file(command, path, read_settings(app, path, text));
}

std::string config_file() { return file_in_force; }

std::vector<std::string> take_config_remarks() { return std::exchange(strangers, {}); }

bool wants_config_printed(const CLI::App& app) { return active(app).count(kPrint) > 0; }

std::string config_text(const CLI::App& app) {
  const CLI::App& command = active(app);
  std::string text = fmt::format("# {} {}\n", app.get_name(), kVersion);
  if (&command != &app)
    text += fmt::format("[{}]\n", section(command).substr(0, section(command).size() - 1));
  for (const std::string& group : command.get_groups()) {
    const auto options = command.get_options([&](const CLI::Option* option) {
      return option->get_configurable() && option->get_group() == group;
    });
    if (!options.empty()) text += fmt::format("\n# {}\n", group);
    for (const CLI::Option* option : options) text += line(*option);
  }
  return text;
}

std::string origin_of(std::string_view option) {
  const auto found = origins.find(option);
  return found == origins.end() ? "" : found->second;
}

}  // namespace mandel
