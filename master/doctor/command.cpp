// See command.h.
#include "master/doctor/command.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <span>
#include <spdlog/spdlog.h>
#include <vector>

#include "common/program/cli.h"
#include "common/program/resources.h"
#include "common/program/streams.h"
#include "master/doctor/examine.h"
#include "master/doctor/report.h"
#include "master/sinks/output_file.h"

namespace mandel {
namespace {

constexpr Nanoseconds kNamingTime = 5 * kSecond;
constexpr int kSocketsMax = 4096;  // a link and its monitor for each host that is asked at once
// What a host takes, and the process itself.
constexpr std::size_t kDescriptorsPerHost = 6;
constexpr std::size_t kDescriptors = 32;

// Before the hosts are asked, which takes its time. Nothing if none is wanted.
Result<std::optional<OutputFile>> open_json(const std::string& path) {
  if (path.empty()) return std::optional<OutputFile>();
  auto file = OutputFile::create(path);
  if (!file) return tl::unexpected(file.error());
  return std::optional(*std::move(file));
}

Result<void> write_json(std::optional<OutputFile>& file,
                        const std::vector<doctor::Examined>& hosts) {
  if (!file) return {};
  const std::string text = doctor::report_json(hosts);
  if (auto written = file->write(std::as_bytes(std::span(text))); !written) return written;
  return file->commit();
}

using Sources = std::vector<std::unique_ptr<HostSource>>;

// The addresses that each source names in time.
std::vector<std::vector<Address>> named_by(const Sources& sources) {
  std::vector<std::vector<Address>> named(sources.size());
  const Nanoseconds deadline = steady_now() + kNamingTime;
  for (Sleeper sleeper;;) {
    const Nanoseconds now = steady_now();
    Nanoseconds until = deadline;
    for (std::size_t s = 0; s < sources.size(); ++s) {
      if (auto addresses = sources[s]->poll(now)) named[s] = *std::move(addresses);
      sources[s]->watch(sleeper);
      until = std::min(until, sources[s]->next_timer());
    }
    const bool have_begun = std::ranges::all_of(sources, &HostSource::has_begun);
    if (have_begun || now >= deadline) return named;
    sleeper.sleep(until - now);
  }
}

std::vector<Address> each_once(const std::vector<std::vector<Address>>& named) {
  std::vector<Address> all;
  for (const auto& addresses : named)
    for (const Address& address : addresses)
      if (std::ranges::find(all, address) == all.end()) all.push_back(address);
  return all;
}

}  // namespace

int run_doctor(const Options& options) {
  std::vector<FileRole> roles = files_read(options);
  if (!options.json.empty()) roles.push_back({"--json", options.json});
  if (const auto checked = check_distinct(roles); !checked)
    return complain(checked.error(), kExitUsage);
  auto json = open_json(options.json);
  if (!json) return complain({"--json: " + json.error().what}, kExitOutput);
  const auto sources = sources_of(options.hosts);
  if (!sources) return complain(sources.error(), kExitUsage);
  need_descriptors(kDescriptors, "the doctor");
  zmq::context_t context;
  context.set(zmq::ctxopt::max_sockets, kSocketsMax);
  const auto named = named_by(*sources);
  bool are_all_well = true;
  for (std::size_t s = 0; s < named.size(); ++s) {
    if (!named[s].empty()) continue;
    are_all_well = false;
    spdlog::warn("one of --hosts and --hosts-file names no host{}", (*sources)[s]->advice());
  }
  std::vector<doctor::Examined> hosts;
  const auto addresses = each_once(named);
  const std::size_t at_once = std::min(doctor::kHostsAtOnce, addresses.size());
  need_descriptors(kDescriptors + kDescriptorsPerHost * at_once,
                   fmt::format("{} hosts at once", at_once));
  for (doctor::Facts& facts : doctor::examine(context, addresses, options.credentials)) {
    auto findings = doctor::judge(facts);
    are_all_well &= doctor::is_well(findings);
    hosts.push_back({std::move(facts), std::move(findings)});
  }
  const auto written = write_json(*json, hosts);
  print_result(doctor::report_text(hosts));
  if (!written) return complain({"--json: " + written.error().what}, kExitOutput);
  return are_all_well ? kExitDone : kExitUnwell;
}

}  // namespace mandel
