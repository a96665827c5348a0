// See options.h.
#include "master/cli/options.h"

#include "common/keys/key_ring.h"
#include "common/program/config.h"

namespace mandel {

std::vector<FileRole> files_read(const Options& options) {
  std::vector<FileRole> roles = stream_roles();
  const auto add = [&](const char* what, const std::string& path) {
    if (!path.empty()) roles.push_back({what, path, FileRole::Use::kRead});
  };
  add("--hosts-file", options.hosts.file);
  add("--location", options.location);
  add("--again", options.again_file);
  add("--palette", options.palette);
  add("COUNTS", options.recolour);
  add("--config", config_file());
  for (const char* name : {kIdFile, kIdPublicFile, kClusterFile, kAuthorizedMasters, kKnownWorkers})
    add("of --keys", options.credentials.folder + "/" + name);
  return roles;
}

Result<void> check_outputs(const Options& options) {
  std::vector<FileRole> roles = files_read(options);
  for (const std::string& path : options.outputs) roles.push_back({"--output", path});
  if (!options.json.empty()) roles.push_back({"--json", options.json});
  return check_distinct(roles);
}

bool computes_inside(const Options& options) { return options.hosts.empty() && !options.listen; }

}  // namespace mandel
