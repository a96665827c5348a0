// Figures that a running daemon shows to Prometheus: counters and gauges that its loop writes and
// the thread that serves them reads. Written here because it is so little: prometheus-cpp brings a
// web server without IPv6 that takes up to two seconds to stop, see docs/architecture.md.
//
// Source: Prometheus' text exposition format, version 0.0.4.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace mandel {

// One figure. Its loop writes, any thread may read.
class Metric {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  void set(std::uint64_t n) { value_.store(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Metrics {
 public:
  // As Prometheus knows it: names end in their unit, counters in _total.
  struct Family {
    enum class Type { kCounter, kGauge };
    const char* name;
    const char* help;
    Type type = Type::kCounter;
    double unit = 1;  // of what a Metric counts, in what is shown: 1e-9 for nanoseconds
  };
  using Labels = std::vector<std::pair<std::string, std::string>>;

  // The metric lives as long as this. Families are shown in the order of their first metrics.
  Metric& add(const Family& family, const Labels& labels = {});
  // One that is asked for whenever it is read, on the reader's thread.
  void add(const Family& family, std::function<std::uint64_t()> read);

  // The page that Prometheus reads.
  std::string text() const;

 private:
  struct Entry {
    std::string labels;  // as they are shown
    std::function<std::uint64_t()> read;
    Metric metric;
  };

  struct Group {
    Family family;
    std::deque<Entry> entries;
  };
  Entry& add_entry(const Family& family);  // with the mutex held

  mutable std::mutex mutex_;
  std::deque<Group> groups_;
};

// Durations are counted in nanoseconds, and shown in seconds.
inline constexpr double kNanosecondUnit = 1e-9;

}  // namespace mandel
