// See cpu_quota.h.
#include "kernels/lanes/cpu_quota.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <vector>

namespace mandel {
namespace {

namespace fs = std::filesystem;

// A mounted hierarchy that may limit CPUs.
struct Hierarchy {
  bool is_v2 = false;
  std::string mounted;  // where
  std::string shows;    // which of its groups is found there; a container may see its own only
};

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

// Is `word` one of a list with commas?
bool lists(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const auto comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == word) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// See proc(5), mountinfo: "31 30 0:28 SHOWS MOUNTED OPTIONS ... - TYPE SOURCE SUPER_OPTIONS".
std::vector<Hierarchy> hierarchies(const std::string& root) {
  std::vector<Hierarchy> found;
  std::ifstream file(root + "/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    const auto words = words_of(line);
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 5 || words.end() - dash < 4) continue;
    if (dash[1] == "cgroup2")
      found.push_back({true, words[4], words[3]});
    else if (dash[1] == "cgroup" && lists(dash[3], "cpu"))
      found.push_back({false, words[4], words[3]});
  }
  return found;
}

// This process's group in it: the lines "ID:CONTROLLERS:GROUP" of cgroups(7).
std::string group_in(const Hierarchy& hierarchy, const std::string& root) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    if (hierarchy.is_v2 ? controllers.empty() : lists(controllers, "cpu"))
      return line.substr(second + 1);
  }
  return "/";
}

// 0 if it is none: "max", "-1".
std::int64_t microseconds(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return std::max<std::int64_t>(value, 0);
}

std::optional<double> ratio(std::string_view quota, std::string_view period) {
  const auto used = static_cast<double>(microseconds(quota));
  const auto of = static_cast<double>(microseconds(period));
  return used > 0 && of > 0 ? std::optional(used / of) : std::nullopt;
}

std::string first_word(const fs::path& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

std::optional<double> quota_of(const fs::path& group, bool is_v2) {
  if (!is_v2)
    return ratio(first_word(group / "cpu.cfs_quota_us"), first_word(group / "cpu.cfs_period_us"));
  std::ifstream file(group / "cpu.max");
  std::string quota;
  std::string period;
  file >> quota >> period;
  return ratio(quota, period);
}

}  // namespace

std::optional<double> cpu_quota(const std::string& root) {
  std::optional<double> least;
  for (const Hierarchy& hierarchy : hierarchies(root)) {
    std::string group = group_in(hierarchy, root);
    if (hierarchy.shows != "/" && group.starts_with(hierarchy.shows))
      group.erase(0, hierarchy.shows.size());
    const fs::path top = root + hierarchy.mounted;
    for (fs::path at = fs::path(group).relative_path();; at = at.parent_path()) {
      if (const auto quota = quota_of(top / at, hierarchy.is_v2))
        least = std::min(least.value_or(*quota), *quota);
      if (at.empty()) break;
    }
  }
  return least;
}

}  // namespace mandel
