// See metrics.h.
#include "common/program/metrics.h"

#include <algorithm>
#include <fmt/format.h>
#include <string_view>

namespace mandel {
namespace {

// Within quotes the format knows three escapes, and takes every other byte as it is.
std::string escaped(std::string_view value) {
  std::string text;
  for (const char c : value) {
    if (c == '\\' || c == '"') text += '\\';
    text += c == '\n' ? std::string_view("\\n") : std::string_view(&c, 1);
  }
  return text;
}

std::string label_text(const Metrics::Labels& labels) {
  std::string text;
  for (const auto& [name, value] : labels)
    text += fmt::format("{}{}=\"{}\"", text.empty() ? "" : ",", name, escaped(value));
  return text.empty() ? "" : "{" + text + "}";
}

}  // namespace

Metrics::Entry& Metrics::add_entry(const Family& family) {
  const std::string_view name = family.name;
  const auto is_it = [&](const Group& group) { return group.family.name == name; };
  auto group = std::ranges::find_if(groups_, is_it);
  if (group == groups_.end()) group = groups_.insert(groups_.end(), {family, {}});
  return group->entries.emplace_back();
}

Metric& Metrics::add(const Family& family, const Labels& labels) {
  const std::lock_guard lock(mutex_);
  Entry& entry = add_entry(family);
  entry.labels = label_text(labels);
  return entry.metric;
}

void Metrics::add(const Family& family, std::function<std::uint64_t()> read) {
  const std::lock_guard lock(mutex_);
  Entry& entry = add_entry(family);
  entry.read = std::move(read);
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  for (const auto& [family, entries] : groups_) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", family.name, family.help,
                        family.type == Family::Type::kCounter ? "counter" : "gauge");
    for (const Entry& entry : entries) {
      const std::uint64_t value = entry.read ? entry.read() : entry.metric.value();
      text += family.unit == 1 ? fmt::format("{}{} {}\n", family.name, entry.labels, value)
                               : fmt::format("{}{} {}\n", family.name, entry.labels,
                                             static_cast<double>(value) * family.unit);
    }
  }
  return text;
}

}  // namespace mandel
