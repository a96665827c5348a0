// See hosts_file.h.
#include "master/crew/sources/hosts_file.h"

#include <fmt/format.h>
#include <memory>
#include <spdlog/spdlog.h>

#include "common/net/host_expression.h"
#include "master/crew/sources/address_list.h"

namespace mandel {
namespace {

constexpr Nanoseconds kFileLookPeriod = kSecond / 5;

// Without a comment, and without what other programs are told there: "n1 slots=4 max_slots=8".
std::string_view hosts_in(std::string_view line) {
  line = without_spaces(line.substr(0, line.find('#')));
  for (;;) {
    const auto word = line.find_last_of(" \t");
    if (word == std::string_view::npos || line.find('=', word) == std::string_view::npos)
      return line;
    line = without_spaces(line.substr(0, word));
  }
}

// There are words that only --hosts knows.
Result<void> check_words(std::string_view words) {
  for (const std::string_view word : split_hosts(words))
    if (word.starts_with("dns:") || word == "auto" || word.starts_with("auto:"))
      return fail(fmt::format(
          "'{}' belongs into --hosts, which may be given besides; here stand hosts only", word));
  return {};
}

Result<std::optional<std::string>> text_of(const std::string& path) {
  constexpr mode_t kAnyoneMayWriteIt = 0;
  if (!is_stream(path)) return read_small_file(path, kAnyoneMayWriteIt);
  return read_stream(path).map([](std::string text) { return std::optional(std::move(text)); });
}

Result<std::vector<Address>> read_hosts(const std::string& path) {
  const auto text = text_of(path);
  if (!text) return fail("--hosts-file: " + text.error().what);
  if (!*text) return fail(fmt::format("--hosts-file {}: there is no such file", path));
  auto hosts = parse_hosts_file(**text);
  if (!hosts) return fail(fmt::format("--hosts-file {}: {}", path, hosts.error().what));
  return hosts;
}

}  // namespace

Result<std::vector<Address>> parse_hosts_file(std::string_view text) {
  constexpr std::string_view kBom = "\xef\xbb\xbf";  // some editors begin UTF-8 with it
  if (text.starts_with(kBom)) text.remove_prefix(kBom.size());
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff"))
    return fail("it is UTF-16: save it as UTF-8");
  AddressList hosts(AddressList::Again::kCore);
  for (std::size_t begin = 0, line = 1; begin < text.size(); ++line) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view words = hosts_in(text.substr(begin, end - begin));
    begin = end + 1;
    if (words.empty()) continue;
    auto added = check_words(words);
    if (added) added = hosts.add(words);
    if (!added) return fail(fmt::format("line {}: {}", line, added.error().what));
  }
  return std::move(hosts).addresses();
}

Result<std::unique_ptr<HostsFile>> HostsFile::open(std::string path) {
  const bool is_pipe = is_stream(path);
  const auto stamp = stamp_of(path);
  auto hosts = read_hosts(path);
  if (!hosts) return tl::unexpected(hosts.error());
  return std::unique_ptr<HostsFile>(
      new HostsFile(std::move(path), is_pipe, stamp, *std::move(hosts)));
}

// The file is read when it has not changed from one look to the next: an editor that empties it and
// then writes it must not send all workers home for a moment. A file that can't be read changes
// nothing.
std::optional<std::vector<Address>> HostsFile::poll(Nanoseconds now) {
  if (hosts_) return std::exchange(hosts_, std::nullopt);
  if (is_stream_ || now < next_look_) return std::nullopt;
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
  if (hosts) {
    names_nobody_ = hosts->empty();
    return *std::move(hosts);
  }
  spdlog::warn("{}; the workers stay as they are", hosts.error().what);
  return std::nullopt;
}

std::string HostsFile::advice() const {
  return names_nobody_ ? fmt::format("; --hosts-file {} names nobody", path_) : "";
}

}  // namespace mandel
