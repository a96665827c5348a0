// See hosts_file.h.
#include "master/crew/sources/hosts_file.h"

#include <fmt/format.h>
#include <memory>
#include <spdlog/spdlog.h>

#include "master/crew/sources/address_list.h"

namespace mandel {
namespace {

constexpr Nanoseconds kFileLookPeriod = kSecond / 5;

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
  AddressList hosts;
  for (std::size_t begin = 0, line = 1; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view words = trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (words.empty()) continue;
    if (const auto added = hosts.add(words); !added)
      return fail(fmt::format("line {}: {}", line, added.error().what));
  }
  return std::move(hosts).addresses();
}

Result<std::unique_ptr<HostsFile>> HostsFile::open(std::string path) {
  const auto stamp = stamp_of(path);
  auto hosts = read_hosts(path);
  if (!hosts) return tl::unexpected(hosts.error());
  return std::unique_ptr<HostsFile>(new HostsFile(std::move(path), stamp, *std::move(hosts)));
}

// The file is read when it has not changed from one look to the next: an editor that empties it and
// then writes it must not send all workers home for a moment. A file that can't be read changes
// nothing.
std::optional<std::vector<Address>> HostsFile::poll(Nanoseconds now) {
  if (hosts_) return std::exchange(hosts_, std::nullopt);
  if (now < next_look_) return std::nullopt;
  next_look_ = now + kFileLookPeriod;
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
