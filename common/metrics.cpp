// See metrics.h.
#include "common/metrics.h"

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

Metric& Metrics::add(const Family& family, Labels labels) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.emplace_back();
  entry.family = family;
  entry.labels = label_text(labels);
  return entry.metric;
}

void Metrics::add(const Family& family, std::function<std::uint64_t()> read) {
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_.emplace_back();
  entry.family = family;
  entry.read = std::move(read);
}

std::string Metrics::text() const {
  const std::lock_guard lock(mutex_);
  std::string text;
  std::string_view before;
  for (const Entry& entry : entries_) {
    const Family& family = entry.family;
    if (family.name != before)
      text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", family.name, family.help,
                          family.type == Family::Type::kCounter ? "counter" : "gauge");
    before = family.name;
    const std::uint64_t value = entry.read ? entry.read() : entry.metric.value();
    text += family.unit == 1 ? fmt::format("{}{} {}\n", family.name, entry.labels, value)
                             : fmt::format("{}{} {}\n", family.name, entry.labels,
                                           static_cast<double>(value) * family.unit);
  }
  return text;
}

}  // namespace mandel
