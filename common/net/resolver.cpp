// See resolver.h.
#include "common/net/resolver.h"

#include <deque>
#include <fmt/format.h>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "common/net/wakeup.h"
#include "kernels/no_signals.h"

namespace mandel {
namespace {

// Of one owner. A name server that is silent takes them all for a while; more would be of no use.
constexpr std::size_t kThreadsMax = 64;
constexpr Nanoseconds kResolveTime = 5 * kSecond;

}  // namespace

struct Resolver::Asked::Slot {
  std::mutex mutex;
  std::optional<Answer> answer;
};

std::optional<Resolver::Answer> Resolver::Asked::take() {
  const std::lock_guard lock(slot_->mutex);
  return std::exchange(slot_->answer, std::nullopt);
}

struct Resolver::Shared {
  using Slot = Asked::Slot;

  std::mutex mutex;
  std::deque<std::pair<Question, std::weak_ptr<Slot>>> waiting;
  std::size_t threads = 0;
  Wakeup wakeup;

  void give(Slot& slot, Answer answer) {
    {
      const std::lock_guard lock(slot.mutex);
      slot.answer = std::move(answer);
    }
    wakeup.ring();
  }

  // The next question that somebody still holds; the thread ends if there is none.
  std::optional<std::pair<Question, std::shared_ptr<Slot>>> next() {
    const std::lock_guard lock(mutex);
    while (!waiting.empty()) {
      auto [question, held] = std::move(waiting.front());
      waiting.pop_front();
      if (auto slot = held.lock()) return std::pair(std::move(question), std::move(slot));
    }
    --threads;
    return std::nullopt;
  }

  void work() {
    while (auto one = next()) give(*one->second, one->first());
  }
};

Resolver::Resolver() : shared_(std::make_shared<Shared>()) {}

Resolver::~Resolver() {
  const std::lock_guard lock(shared_->mutex);
  shared_->waiting.clear();
}

Resolver::Asked Resolver::ask(const Address& name) {
  if (is_numeric(name)) {
    auto slot = std::make_shared<Asked::Slot>();
    slot->answer = std::vector{name};
    shared_->wakeup.ring();
    return Asked(std::move(slot));
  }
  return ask([name] { return resolve_all(name); });
}

Resolver::Asked Resolver::ask(Question question) {
  auto slot = std::make_shared<Asked::Slot>();
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->waiting.emplace_back(std::move(question), slot);
    if (shared_->threads == kThreadsMax) return Asked(std::move(slot));
    ++shared_->threads;
  }
  const NoSignals none;  // for the thread: it may live on where others want to read them
  try {
    std::thread([shared = shared_] { shared->work(); }).detach();
  } catch (const std::system_error& error) {
    // Those that run will come to it. Without any, the question goes unasked.
    const std::lock_guard lock(shared_->mutex);
    if (--shared_->threads == 0) {
      shared_->waiting.clear();
      shared_->give(*slot,
                    fail(fmt::format("no thread is to be had for asking: {}", error.what())));
    }
  }
  return Asked(std::move(slot));
}

void Resolver::watch(Sleeper& sleeper) { shared_->wakeup.watch(sleeper); }

void Resolver::clear() { shared_->wakeup.clear(); }

std::string still_asked(const Address& name) {
  return fmt::format("'{}' is still being looked up: no name server answers", name.host);
}

Result<Address> resolve(const Address& name) {
  return resolve_within(name, kResolveTime).map([](const auto& all) { return all.front(); });
}

Resolver::Answer resolve_within(const Address& name, Nanoseconds time) {
  Resolver resolver;
  auto asked = resolver.ask(name);
  const Nanoseconds deadline = steady_now() + time;
  for (Sleeper sleeper;;) {
    if (auto answer = asked.take()) return *std::move(answer);
    const Nanoseconds now = steady_now();
    if (now >= deadline)
      return fail(fmt::format("'{}' does not resolve: no name server answers", name.host));
    resolver.watch(sleeper);
    sleeper.sleep(deadline - now);
    resolver.clear();
  }
}

}  // namespace mandel
