// See report.h.
#include "master/doctor/report.h"

#include <algorithm>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/program/version.h"

namespace mandel::doctor {
namespace {

const char* word_of(Grade grade) {
  switch (grade) {
    case Grade::kFine:
      return "fine";
    case Grade::kRemark:
      return "remark";
    case Grade::kFault:
      break;
  }
  return "fault";
}

nlohmann::ordered_json in_json(const Examined& host) {
  nlohmann::ordered_json checks = nlohmann::ordered_json::array();
  for (const Finding& finding : host.findings)
    checks.push_back({{"check", finding.check},
                      {"verdict", finding.verdict},
                      {"grade", word_of(finding.grade)},
                      {"seen", finding.seen},
                      {"advice", finding.advice}});
  const Measured measured = host.facts.measured.value_or(Measured{});
  return {{"address", host.facts.address.text()},
          {"is_well", is_well(host.findings)},
          {"round_trip_seconds", seconds(round_trip(measured))},
          {"bits_per_second", bits_per_second(measured)},
          {"checks", std::move(checks)}};
}

}  // namespace

std::string report_text(const std::vector<Examined>& hosts) {
  std::string text;
  for (const auto& [facts, findings] : hosts) {
    text +=
        fmt::format("{} is {}\n", facts.address.text(), is_well(findings) ? "well" : "NOT WELL");
    for (const Finding& finding : findings) {
      text += fmt::format("  {:<11} {}\n", finding.check, finding.seen);
      if (!finding.advice.empty()) text += fmt::format("  {:<11} -> {}.\n", "", finding.advice);
    }
  }
  const auto well =
      std::ranges::count_if(hosts, [](const Examined& host) { return is_well(host.findings); });
  return text + fmt::format("{} of {} well\n", well, hosts.size());
}

std::string report_json(const std::vector<Examined>& hosts) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Examined& host : hosts) list.push_back(in_json(host));
  const nlohmann::ordered_json report = {{"software", fmt::format("mandel {}", kVersion)},
                                         {"protocol_min", kProtocolMin},
                                         {"protocol_max", kProtocolMax},
                                         {"hosts", std::move(list)}};
  // What other machines say need not be UTF-8.
  return report.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace mandel::doctor
