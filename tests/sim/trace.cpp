// See trace.h.
#include "tests/sim/trace.h"

#include <fmt/format.h>

#include "tests/sim/random.h"

namespace mandel::sim {
namespace {

template <typename... Kinds>
struct Overloaded : Kinds... {
  using Kinds::operator()...;
};
template <typename... Kinds>
Overloaded(Kinds...) -> Overloaded<Kinds...>;

template <typename... Numbers>
std::uint64_t mixed(std::uint64_t hash, Numbers... numbers) {
  ((hash = Random(hash ^ static_cast<std::uint64_t>(numbers)).next()), ...);
  return hash;
}

std::string in_words(const Grant& grant) {
  return fmt::format("chunk {} attempt {} session {}", grant.chunk, grant.attempt, grant.session);
}

}  // namespace

std::string in_words(const Event& event) {
  return std::visit(
      Overloaded{
          [](const event::Joined& e) {
            return fmt::format(
                "joined: session {} of worker {}, {} lanes, credit {}, incarnation {:x}", e.session,
                e.worker, e.capacity.lanes, e.capacity.credit_max, e.incarnation);
          },
          [](const event::Leaving& e) { return fmt::format("leaving: session {}", e.session); },
          [](const event::Lost& e) {
            return fmt::format("lost: session {}{}", e.session, e.is_orderly ? ", orderly" : "");
          },
          [](const event::Done& e) {
            return fmt::format("done: chunk {} session {}", e.chunk, e.session);
          },
          [](const event::Returned& e) { return "returned: " + in_words(e.grant); },
          [](const event::Beat& e) {
            std::string tasks;
            for (const event::TaskState& task : e.tasks)
              tasks += fmt::format(" {}.{}:{}", task.chunk, task.attempt, task.ticks);
            return fmt::format("beat: session {}{}", e.session, tasks);
          },
          [](const event::Freed& e) { return fmt::format("freed: {}", e.chunks); },
          [](const event::Judged& e) {
            return fmt::format("judged: chunk {}, {} liars", e.chunk, e.liars.size());
          },
          [](const event::RestCut& e) { return fmt::format("rest cut: {}", e.chunks); },
          [](const event::Paused& e) { return fmt::format("paused: {} s", seconds(e.duration)); },
          [](const event::Tick&) { return std::string("tick"); },
      },
      event);
}

std::string in_words(const Action& action) {
  return std::visit(
      Overloaded{
          [](const action::Send& a) { return "send " + in_words(a.grant); },
          [](const action::Cancel& a) { return "cancel " + in_words(a.grant); },
          [](const action::Acknowledge& a) {
            return fmt::format("acknowledge chunk {} session {}", a.chunk, a.session);
          },
          [](const action::Keep& a) {
            return fmt::format("keep chunk {} worker {}", a.chunk, a.worker);
          },
          [](const action::Accept& a) {
            return fmt::format("accept chunk {} worker {}", a.chunk, a.worker);
          },
          [](const action::Judge& a) { return fmt::format("judge chunk {}", a.chunk); },
          [](const action::Revoke& a) { return fmt::format("revoke chunk {}", a.chunk); },
          [](const action::Dismiss& a) {
            return fmt::format("dismiss worker {}: {}", a.worker, a.reason);
          },
          [](const action::Rest& a) {
            return fmt::format("rest worker {}: {} falls", a.worker, a.falls);
          },
          [](const action::SetAside& a) { return fmt::format("set aside chunk {}", a.chunk); },
          [](const action::Finish&) { return std::string("finish"); },
      },
      action);
}

std::uint64_t mix(std::uint64_t hash, Nanoseconds now, const Event& event) {
  hash = mixed(hash, now, event.index());
  if (const auto* done = std::get_if<event::Done>(&event))
    return mixed(hash, done->session, done->chunk, done->print.hash_low);
  if (const auto* beat = std::get_if<event::Beat>(&event)) {
    for (const event::TaskState& task : beat->tasks)
      hash = mixed(hash, task.chunk, task.attempt, task.ticks);
    return mixed(hash, beat->session);
  }
  if (const auto* joined = std::get_if<event::Joined>(&event))
    return mixed(hash, joined->session, joined->worker, joined->incarnation);
  return hash;
}

std::uint64_t mix(std::uint64_t hash, const Action& action) {
  hash = mixed(hash, action.index());
  if (const auto* send = std::get_if<action::Send>(&action))
    return mixed(hash, send->grant.session, send->grant.chunk, send->grant.attempt);
  if (const auto* cancel = std::get_if<action::Cancel>(&action))
    return mixed(hash, cancel->grant.session, cancel->grant.chunk, cancel->grant.attempt);
  if (const auto* accept = std::get_if<action::Accept>(&action))
    return mixed(hash, accept->worker, accept->chunk);
  if (const auto* dismiss = std::get_if<action::Dismiss>(&action))
    return mixed(hash, dismiss->worker);
  return hash;
}

}  // namespace mandel::sim
