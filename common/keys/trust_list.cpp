// See trust_list.h.
#include "common/keys/trust_list.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <sstream>

#include "common/keys/keys.h"

namespace mandel {
namespace {

Result<TrustList::Entry> parse_entry(const std::string& first, const std::string& second) {
  if (is_key(first)) return TrustList::Entry{std::nullopt, first};
  if (!is_key(second)) return fail("no key in it; give [ADDRESS] KEY [COMMENT]");
  const auto address = parse_address(first);
  if (!address) return tl::unexpected(address.error());
  return TrustList::Entry{*address, second};
}

}  // namespace

bool TrustList::has(std::string_view key) const {
  return std::ranges::find(entries, key, &Entry::key) != entries.end();
}

const std::string* TrustList::key_at(const Address& address) const {
  const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                 [&](const Entry& entry) { return entry.address == address; });
  return last == entries.rend() ? nullptr : &last->key;
}

const std::string* TrustList::only_key() const {
  const auto is_anywhere = [](const Entry& entry) { return !entry.address; };
  if (std::ranges::count_if(entries, is_anywhere) != 1) return nullptr;
  return &std::ranges::find_if(entries, is_anywhere)->key;
}

TrustList parse_trust_list(std::string_view text) {
  TrustList list;
  std::istringstream lines{std::string(text)};
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    std::istringstream words(line);
    std::string first;
    std::string second;
    words >> first >> second;
    if (first.empty() || first[0] == '#') continue;  // no key begins so: it would be too great
    if (auto entry = parse_entry(first, second))
      list.entries.push_back(*std::move(entry));
    else
      list.problems.push_back(fmt::format("line {}: {}", number, entry.error().what));
  }
  return list;
}

bool TrustFile::refresh() {
  if (stamp_of(path_) == stamp_) return false;
  read();
  return true;
}

void TrustFile::read() {
  // Taken first: what is written while we read is read again.
  stamp_ = stamp_of(path_);
  const auto file = read_small_file(path_, 0022);
  if (!file)
    list_ = {{}, {file.error().what}};
  else
    list_ = *file ? parse_trust_list(**file) : TrustList{};
}

Result<void> TrustFile::add(const Address& address, const std::string& key) {
  const auto before = read_small_file(path_, 0022);
  if (!before) return tl::unexpected(before.error());
  const bool ends_in_mid_line = *before && !(*before)->empty() && (*before)->back() != '\n';
  std::ofstream file(path_, std::ios::app);
  file << (ends_in_mid_line ? "\n" : "") << address.text() << ' ' << key << ' '
       << short_fingerprint(key) << '\n';
  if (!file.flush()) return fail(fmt::format("can't write {}: {}", path_, std::strerror(errno)));
  refresh();
  return {};
}

}  // namespace mandel
