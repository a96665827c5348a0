// See shared_options.h.
#include "common/program/shared_options.h"

namespace mandel {

CLI::Option* add_path(CLI::App& app, const std::string& name, std::string& target,
                      const std::string& description) {
  return app.add_option(name, target, description)
      ->check(CLI::Validator(
          [](const std::string& path) { return path.empty() ? "'' is no file's name" : ""; }, ""));
}

CLI::Option* add_keys_option(CLI::App& app, std::string& folder) {
  return app.add_option("--keys", folder, "the folder of keys, see mandel-keygen")
      ->type_name("DIR")
      ->capture_default_str();
}

std::vector<CLI::Option*> add_key_options(CLI::App& app, Credentials& credentials) {
  std::vector<CLI::Option*> options = {
      add_keys_option(app, credentials.folder),
      app.add_flag("--insecure", credentials.is_insecure,
                   "no keys and no encryption, also where other machines reach: whoever is on the "
                   "network can use, read and change what travels")};
  if (credentials.role == KeyRing::Role::kMaster)
    options.push_back(app.add_flag("--accept-new", credentials.accepts_new,
                                   "trust a worker whose key is not known yet by the key that it "
                                   "offers, from now on; compare the fingerprint"));
  return options;
}

CLI::Option* add_log_format_option(CLI::App& app, LogFormat& format) {
  const std::vector<std::string> names = {"human", "json"};
  return app
      .add_option_function<std::string>(
          "--log-format",
          [&format](const std::string& name) {
            format = name == "json" ? LogFormat::kJson : LogFormat::kHuman;
          },
          "of what goes to standard error: human, or json, one object a line")
      ->type_name("NAME")
      ->check(CLI::IsMember(names).description(""))
      ->default_str("human");
}

CLI::Option* add_metrics_option(CLI::App& app, std::string& address) {
  return app
      .add_option("--metrics", address, "serve figures to Prometheus, at http://HOST:PORT/metrics")
      ->type_name("HOST:PORT");
}

}  // namespace mandel
