// See hosts_file.h.
#include "master/hosts_file.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <memory>
#include <set>
#include <spdlog/spdlog.h>

#include "common/host_expression.h"

namespace mandel {
namespace {

constexpr Nanoseconds kLookPeriod = kSecond / 5;
constexpr std::size_t kFileBytesMax = std::size_t{1} << 20;

std::string_view trimmed(std::string_view line) {
  constexpr std::string_view kSpace = " \t\r";
  line = line.substr(0, line.find('#'));
  const auto begin = line.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return line.substr(begin, line.find_last_not_of(kSpace) + 1 - begin);
}

Result<std::vector<Address>> read_hosts(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(fmt::format("--hosts-file {}: {}", path, std::strerror(errno)));
  std::string text(kFileBytesMax + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (file.bad() || (file.fail() && !file.eof()))
    return fail(fmt::format("--hosts-file {}: it can't be read; is it a file?", path));
  if (text.size() > kFileBytesMax)
    return fail(fmt::format("--hosts-file {}: it is larger than 1 MiB", path));
  auto hosts = parse_hosts_file(text);
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

std::optional<HostsFile::Stamp> HostsFile::stamp_of(const std::string& path) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return std::nullopt;
  return Stamp{status.st_dev, status.st_ino, status.st_size,
               Nanoseconds{status.st_mtim.tv_sec} * kSecond + status.st_mtim.tv_nsec};
}

Result<std::unique_ptr<HostsFile>> HostsFile::open(std::string path) {
  const Stamp stamp = stamp_of(path).value_or(Stamp{});
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
  const bool is_still = *stamp == std::exchange(seen_, *stamp);
  if (!is_still || *stamp == read_) return std::nullopt;
  read_ = *stamp;
  auto hosts = read_hosts(path_);
  if (hosts) return *std::move(hosts);
  spdlog::warn("{}; the workers stay as they are", hosts.error().what);
  return std::nullopt;
}

}  // namespace mandel
