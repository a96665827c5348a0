// See overhead_report.h.
#include "tests/bench/overhead_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mandel {
namespace {

constexpr const char* kRow = "  {:<16} {:>10} {:>10} {:>12} {:>8} {:>12} {:>8} {:>8}\n";

std::string number(double value) { return fmt::format("{:.2f}", value); }

std::string row(const Overhead& load, const Contender& contender) {
  const auto us = [&](Overhead::Figure figure) {
    return number(load.per_task(contender, figure) / 1000);
  };
  const bool is_base = &contender == &load.contenders.front();
  const auto ratio = [&](Overhead::Figure figure) {
    return is_base ? "" : number(load.ratio(contender, figure));
  };
  return fmt::format(kRow, contender.name, us(&Usage::wall_ns), ratio(&Usage::wall_ns),
                     us(&Usage::master_ns), ratio(&Usage::master_ns), us(&Usage::workers_ns),
                     ratio(&Usage::workers_ns), number(load.throughput(contender)));
}

nlohmann::ordered_json contender_json(const Overhead& load, const Contender& contender) {
  nlohmann::ordered_json object = {
      {"name", contender.name},
      {"wall_us", load.per_task(contender, &Usage::wall_ns) / 1000},
      {"master_cpu_us", load.per_task(contender, &Usage::master_ns) / 1000},
      {"workers_cpu_us", load.per_task(contender, &Usage::workers_ns) / 1000},
      {"wall_ratio", load.ratio(contender, &Usage::wall_ns)},
      {"master_cpu_ratio", load.ratio(contender, &Usage::master_ns)},
      {"workers_cpu_ratio", load.ratio(contender, &Usage::workers_ns)},
      {"gb_per_s", load.throughput(contender)},
      {"wall_ns_by_round", nlohmann::ordered_json::array()},
  };
  for (const Usage& run : contender.runs) object["wall_ns_by_round"].push_back(run.wall_ns);
  return object;
}

}  // namespace

std::string overhead_table(const std::vector<Overhead>& loads, std::uint32_t repeats) {
  std::string text = fmt::format(
      "2 workers of one lane over loopback TCP; microseconds a chunk, medians of {} rounds in "
      "turn.\n"
      "Each ratio is mandel's figure to that line's, the median of the rounds' own ratios.\n",
      repeats);
  for (const Overhead& load : loads) {
    text += fmt::format("\n{}: {}, credit {}, bytes: task {}, head {}, body {}\n", load.name,
                        load.tasks, load.credit, load.task_bytes, load.head_bytes, load.body_bytes);
    text += fmt::format(kRow, "", "wall/us", "ratio", "master CPU", "ratio", "workers CPU", "ratio",
                        "GB/s");
    for (const Contender& contender : load.contenders) text += row(load, contender);
  }
  return text;
}

std::string overhead_json(const std::vector<Overhead>& loads) {
  nlohmann::ordered_json document = {{"loads", nlohmann::ordered_json::array()}};
  for (const Overhead& load : loads) {
    nlohmann::ordered_json object = {
        {"name", load.name},
        {"tasks", load.tasks},
        {"credit", load.credit},
        {"has_keys", load.has_keys},
        {"task_bytes", load.task_bytes},
        {"head_bytes", load.head_bytes},
        {"body_bytes", load.body_bytes},
        {"contenders", nlohmann::ordered_json::array()},
    };
    for (const Contender& contender : load.contenders)
      object["contenders"].push_back(contender_json(load, contender));
    document["loads"].push_back(std::move(object));
  }
  return document.dump(2) + "\n";
}

}  // namespace mandel
