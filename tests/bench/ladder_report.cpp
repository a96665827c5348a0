// See ladder_report.h.
#include "tests/bench/ladder_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace mandel {
namespace {

constexpr std::string_view kRow = "{:<22} {:>11} {:>9} {:>8} {:>8} {:>8} {:>8} {:>12}  {}\n";

// The share of a core's limit means something only for exact iterations on the CPU.
bool has_port_limit(const KernelRung& rung) {
  return rung.is_comparable() && rung.backend->device == "cpu";
}

std::string name(const Ladder& ladder, const KernelRung& rung) {
  const bool is_extra_base = &rung == &ladder.base() && ladder.options.threads > 1;
  const bool ran_once = rung.seconds.size() == 1 && ladder.options.repeats > 1;
  return fmt::format("{}{}{}", rung.backend->name, is_extra_base ? " (1 thread)" : "",
                     ran_once ? " *" : "");
}

std::string skipped(const KernelStats& stats) {
  const auto all = static_cast<double>(stats.executed + stats.skipped);
  return fmt::format("{:.1f} %", 100.0 * static_cast<double>(stats.skipped) / all);
}

std::string verdict(const KernelRung& rung) {
  if (!rung.is_comparable()) return fmt::format("*not comparable* ({})", rung.backend->semantics);
  return rung.counts_sha256.substr(0, 12) + (rung.agrees ? " agrees" : " DIFFERS FROM SCALAR");
}

std::string row(const Ladder& ladder, const KernelRung& rung) {
  if (!rung.failure.empty()) return fmt::format("{:<22} {}\n", rung.backend->name, rung.failure);
  const double seconds = rung.best_seconds();
  const auto pixels = static_cast<double>(ladder.columns * ladder.rows);
  return fmt::format(
      kRow, name(ladder, rung), fmt::format("{:.3f}", seconds * 1e3),
      fmt::format("{:.2f}", seconds * 1e9 / pixels),
      fmt::format("{:.2f}", ladder.ratio_to_base(rung)),
      fmt::format("{:.2f}", static_cast<double>(rung.stats.executed) / seconds / 1e9),
      skipped(rung.stats),
      has_port_limit(rung) ? fmt::format("{:.1f} %", 100.0 * ladder.port_limit_share(rung)) : "-",
      rung.sum, verdict(rung));
}

// Interleaving spreads a neighbour's work over all rungs; it can't undo it.
std::string warning(const Ladder& ladder) {
  constexpr double kIdleBelow = 0.5;
  if (ladder.load_average < kIdleBelow) return "";
  return fmt::format("WARNING: other processes were at work (load average {:.1f}); do not quote.\n",
                     ladder.load_average);
}

nlohmann::ordered_json rung_json(const Ladder& ladder, const KernelRung& rung) {
  nlohmann::ordered_json object = {
      {"kernel", rung.backend->name},
      {"device", rung.backend->device},
      {"semantics", rung.backend->semantics},
      {"threads", rung.threads},
      {"seconds", rung.best_seconds()},
      {"seconds_of_each_run", rung.seconds},
      {"ratio_to_scalar", ladder.ratio_to_base(rung)},
      {"sum", rung.sum},
      {"counts_sha256", rung.counts_sha256},
      {"comparable", rung.is_comparable()},
      {"agrees", rung.agrees},
      {"iterations", rung.stats.executed},
      {"iterations_skipped", rung.stats.skipped},
      {"port_limit_share", nullptr},
  };
  if (rung.stats.device_seconds > 0.0) object["device_seconds"] = rung.stats.device_seconds;
  if (has_port_limit(rung)) object["port_limit_share"] = ladder.port_limit_share(rung);
  return object;
}

}  // namespace

std::string table(const Ladder& ladder) {
  const LadderOptions& options = ladder.options;
  std::string text =
      fmt::format("view {} ({}): {} x {} pixels, max_iter {}, {} thread{}\n", options.view->name,
                  options.view->summary, ladder.columns, ladder.rows, options.view->max_iter,
                  options.threads, options.threads == 1 ? "" : "s, and the limit of as many cores");
  text += ladder.port_limit.explanation() + "\n";
  text += fmt::format(
      "Times are the best of {} runs in rounds over all rungs; a rung marked * took over {:.0f} s\n"
      "and ran once. Ratios are to scalar on one thread. Iterations are those executed.\n",
      options.repeats, kRepeatedBelowSeconds);
  text += warning(ladder) + "\n";
  text += fmt::format(kRow, "kernel", "time/ms", "ns/pixel", "x scalar", "G iter/s", "skipped",
                      "of limit", "sum", "SHA-256 of the counts");
  for (const KernelRung& rung : ladder.rungs) text += row(ladder, rung);
  return text;
}

std::string json(const Ladder& ladder) {
  const PortLimit& limit = ladder.port_limit;
  nlohmann::ordered_json document = {
      {"view", ladder.options.view->name},
      {"columns", ladder.columns},
      {"rows", ladder.rows},
      {"max_iter", ladder.options.view->max_iter},
      {"threads", ladder.options.threads},
      {"load_average_before", ladder.load_average},
      {"port_limit",
       {{"iterations_per_second", limit.iterations_per_second()},
        {"clock_hz", limit.clock_hz},
        {"vector_lanes", limit.vector_lanes},
        {"muls_per_clock", limit.muls_per_clock},
        {"adds_per_clock", limit.adds_per_clock},
        {"iterations_per_clock", limit.iterations_per_clock}}},
      {"rungs", nlohmann::ordered_json::array()},
      {"not_run", nlohmann::ordered_json::array()},
  };
  for (const KernelRung& rung : ladder.rungs) {
    if (rung.failure.empty())
      document["rungs"].push_back(rung_json(ladder, rung));
    else
      document["not_run"].push_back({{"kernel", rung.backend->name}, {"reason", rung.failure}});
  }
  return document.dump(2) + "\n";
}

}  // namespace mandel
