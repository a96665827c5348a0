// See dns_hosts.h.
#include "master/crew/sources/dns_hosts.h"

#include <algorithm>
#include <fmt/format.h>
#include <mutex>
#include <spdlog/spdlog.h>
#include <thread>

#include "common/net/wakeup.h"

namespace mandel {
namespace {

constexpr Nanoseconds kQuestionPeriod = kSecond;

}  // namespace

struct DnsHosts::Mailbox {
  std::mutex mutex;
  std::optional<Result<std::vector<Address>>> answer;
  Wakeup wakeup;
};

DnsHosts::DnsHosts(Address name) : name_(std::move(name)), mailbox_(std::make_shared<Mailbox>()) {}

DnsHosts::~DnsHosts() = default;

void DnsHosts::ask() {
  is_asking_ = true;
  std::thread([mailbox = mailbox_, name = name_] {
    auto answer = resolve_all(name);
    const std::lock_guard lock(mailbox->mutex);
    mailbox->answer = std::move(answer);
    mailbox->wakeup.ring();
  }).detach();
}

// A name that does not resolve leaves the workers as they are: name servers fail, too.
std::optional<std::vector<Address>> DnsHosts::poll(Nanoseconds now) {
  mailbox_->wakeup.clear();
  if (!is_asking_) {
    if (now >= next_question_) ask();
    return std::nullopt;
  }
  std::optional<Result<std::vector<Address>>> answer;
  {
    const std::lock_guard lock(mailbox_->mutex);
    answer.swap(mailbox_->answer);
  }
  if (!answer) return std::nullopt;
  is_asking_ = false;
  has_begun_ = true;
  next_question_ = now + kQuestionPeriod;
  if (!*answer) {
    if (problem_.empty()) spdlog::warn("--hosts dns:{}; still trying", answer->error().what);
    problem_ = answer->error().what;
    return std::nullopt;
  }
  problem_.clear();
  if (**answer == known_) return std::nullopt;
  known_ = **answer;
  return known_;
}

Nanoseconds DnsHosts::next_timer() const { return is_asking_ ? INT64_MAX : next_question_; }

void DnsHosts::watch(Sleeper& sleeper) { mailbox_->wakeup.watch(sleeper); }

std::string DnsHosts::advice() const {
  return problem_.empty() ? "" : fmt::format("; --hosts dns:{}", problem_);
}

}  // namespace mandel
