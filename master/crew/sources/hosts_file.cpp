// See hosts_file.h.
#include "master/crew/sources/hosts_file.h"

#include <fmt/format.h>
#include <memory>
#include <set>
#include <spdlog/spdlog.h>

#include "common/net/host_expression.h"

namespace mandel {
namespace {

constexpr Nanoseconds kLookPeriod = kSecond / 5;

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  line = line.substr(0, line.find('#'));
  const auto begin = line.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kSpace) + 1 - begin);
}

Result<std::vector<Address>> read_hosts(const std::string& path) {
  constexpr mode_t kAnyoneMayWriteIt = 0;
  const auto text = read_small_file(path, kAnyoneMayWriteIt);
  if (!text) return fail("--hosts-file: " + text.error().what);
  if (!*text) return fail(fmt::format("--hosts-file {}: there is no such file", path));
  auto hosts = parse_hosts_file(**text);
  if (!hosts) return fail(fmt::format("--hosts-file {}: {}", path, hosts.error().what));
  return hosts;
}

}  // namespace

Result<std::vector<Address>> parse_hosts_file(std::string_view text) {
  std::vector<Address> hosts;
  std::set<std::string> seen;
  for (std::size_t begin = 0, line = 1; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view words = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (words.empty()) continue;
    auto addresses = parse_addresses(words);
    if (!addresses) return fail(fmt::format("line {}: {}", line, addresses.error().what));
    for (Address& address : *addresses) {
      if (!seen.insert(address.text()).second)
        return fail(fmt::format("line {}: {} is named twice", line, address.text()));
      hosts.push_back(std::move(address));
    }
    if (hosts.size() > kHostsMax)
      return fail(fmt::format("line {}: with it there are more than {} hosts", line, kHostsMax));
  }
  return hosts;
}

Result<std::unique_ptr<HostsFile>> HostsFile::open(std::string path) {
  const auto stamp = stamp_of(path);
  auto hosts = read_hosts(path);
  if (!hosts) return tl::unexpected(hosts.error());
  return std::unique_ptr<HostsFile>(new HostsFile(std::move(path), stamp, *std::move(hosts)));
}

// Read when it has not changed from one look to the next: an editor that empties a file and then
// writes it must not send everybody home for a moment. What can't be read leaves all as it is.
std::optional<std::vector<Address>> HostsFile::poll(Nanoseconds now) {
  if (hosts_) return std::exchange(hosts_, std::nullopt);
  if (now < next_look_) return std::nullopt;
  next_look_ = now + kLookPeriod;
  const auto stamp = stamp_of(path_);
  if (!stamp) {
    if (!std::exchange(is_missing_, true))
      spdlog::warn("--hosts-file {} is gone; the workers stay as they are", path_);
    return std::nullopt;
  }
  is_missing_ = false;
  const bool is_still = stamp == std::exchange(seen_, stamp);
  if (!is_still || stamp == read_) return std::nullopt;
  read_ = stamp;
  auto hosts = read_hosts(path_);
  if (hosts) return *std::move(hosts);
  spdlog::warn("{}; the workers stay as they are", hosts.error().what);
  return std::nullopt;
}

}  // namespace mandel
