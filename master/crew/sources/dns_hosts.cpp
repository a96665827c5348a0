// See dns_hosts.h.
#include "master/crew/sources/dns_hosts.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace mandel {
namespace {

constexpr Nanoseconds kQuestionPeriod = kSecond;
constexpr Nanoseconds kAnswerTime = 5 * kSecond;  // then the others begin without it

}  // namespace

void DnsHosts::complain(const std::string& problem) {
  has_begun_ = true;
  if (problem_.empty()) spdlog::warn("--hosts dns:{}; still trying", problem);
  problem_ = problem;
}

// A name that does not resolve leaves the workers as they are: name servers fail, too.
std::optional<std::vector<Address>> DnsHosts::poll(Nanoseconds now) {
  resolver_.clear();
  if (!asked_ && now >= due_) {
    asked_ = resolver_.ask(name_);
    due_ = now + kAnswerTime;
  }
  auto answer = asked_ ? asked_->take() : std::nullopt;
  if (!answer) {
    if (asked_ && now >= due_) {
      due_ = INT64_MAX;
      complain(still_asked(name_));
    }
    return std::nullopt;
  }
  asked_.reset();
  due_ = now + kQuestionPeriod;
  if (!*answer) {
    complain(answer->error().what);
    return std::nullopt;
  }
  has_begun_ = true;
  problem_.clear();
  // Name servers turn the order round, so that it means nothing.
  std::ranges::sort(**answer, {}, &Address::text);
  if (**answer == known_) return std::nullopt;
  known_ = **answer;
  return known_;
}

std::string DnsHosts::advice() const {
  return problem_.empty() ? "" : fmt::format("; --hosts dns:{}", problem_);
}

}  // namespace mandel
