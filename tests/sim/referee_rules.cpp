// See referee.h. What the master may do; referee.cpp has what it was told.
#include <algorithm>
#include <fmt/format.h>

#include "master/plan/plan.h"
#include "tests/sim/counts.h"
#include "tests/sim/referee.h"

namespace mandel::sim {

void Referee::check(const action::Send& send) {
  const auto& [id, chunk, attempt] = send.grant;
  const auto it = sessions_.find(id);
  if (it == sessions_.end()) return fail(fmt::format("chunk {} sent to nobody", chunk));
  Session& session = it->second;
  if (chunk >= known_) return fail(fmt::format("chunk {} sent before it was cut", chunk));
  if (is_accepted(chunk)) fail(fmt::format("chunk {} sent, and accepted before", chunk));
  if (is_set_aside(chunk)) fail(fmt::format("chunk {} sent, and set aside before", chunk));
  if (session.is_leaving) fail(fmt::format("chunk {} sent to one that leaves", chunk));
  if (is_at_rest(session)) fail(fmt::format("chunk {} sent to a machine that rests", chunk));
  if (session.tasks.contains(chunk)) fail(fmt::format("chunk {} sent to one that has it", chunk));
  const auto kept = kept_.find(chunk);
  if (kept != kept_.end() && kept->second.contains(session.worker))
    fail(fmt::format("chunk {} sent to check itself", chunk));
  if (holders_[chunk] > 1) check_backups(chunk);
  if (session.tasks.size() >= std::max(1u, session.capacity.credit_max))
    fail(fmt::format("more than {} chunks sent to one", session.capacity.credit_max));
  if (sent_[chunk] == 0 && !kept_.contains(chunk) && held_ + unfreed_ + kept_.size() >= window_) {
    std::set<ChunkId> open;
    for (const auto& [one, counts] : kept_) open.insert(one);
    for (const auto& [other_id, other] : sessions_)
      for (const auto& [one, task] : other.tasks)
        if (!task.has_stood_still && !is_condemned(one)) open.insert(one);
    if (open.size() + unfreed_ >= window_)
      fail(fmt::format("chunk {} sent beyond the window", chunk));
  }
  if (++sent_[chunk] > kSentMax) fail(fmt::format("chunk {} sent {} times", chunk, sent_[chunk]));
  session.tasks[chunk] = {attempt, now_, now_, 0, false};
  if (++holders_[chunk] == 1) ++held_;
}

// One backup at any time; one more only after as long again, or some seconds.
void Referee::check_backups(ChunkId chunk) {
  std::vector<Nanoseconds> sent;
  for (const auto& [id, session] : sessions_)
    if (const auto task = session.tasks.find(chunk); task != session.tasks.end())
      if (!task->second.has_stood_still) sent.push_back(now_ - task->second.sent);
  if (sent.size() < 2) return;
  const auto [newest, oldest] = std::ranges::minmax(sent);
  const Nanoseconds enough = std::min(oldest / 2 - 1, std::max(6 * kSecond, oldest / 16));
  if (newest < kSecond || newest < enough)
    fail(fmt::format("chunk {} is at {} workers, and sent again", chunk, sent.size()));
}

bool Referee::is_condemned(ChunkId chunk) const {
  const auto it = suspicions_.find(chunk);
  if (it == suspicions_.end()) return false;
  const auto& [died, died_alone, failed, sound, delivered] = it->second;
  const auto died_only =
      std::ranges::count_if(died, [&](const auto& death) { return !failed.contains(death.first); });
  const bool is_proved = !died_alone.empty() || !failed.empty();
  return static_cast<std::size_t>(died_only) + failed.size() >= Plan::kBlamesMax && is_proved;
}

void Referee::check(const action::Cancel& cancel) {
  const auto it = sessions_.find(cancel.grant.session);
  if (it == sessions_.end()) return fail("it cancels at a session that is gone");
  const auto task = it->second.tasks.find(cancel.grant.chunk);
  if (task == it->second.tasks.end() || task->second.attempt != cancel.grant.attempt)
    return fail(fmt::format("it cancels chunk {} where it is not", cancel.grant.chunk));
  if (task->second.has_stood_still && task->second.ticks > 0)
    it->second.strays[{cancel.grant.chunk, cancel.grant.attempt}] = task->second;
  take_back(it->second, cancel.grant.chunk);
}

void Referee::check(const action::Acknowledge& acknowledge) {
  if (!in_hand_ || acknowledge.session != in_hand_->session || acknowledge.chunk != in_hand_->chunk)
    return fail("it acknowledges what did not come");
  is_unacknowledged_ = false;
}

void Referee::check(const action::Keep& keep) {
  if (!in_hand_ || keep.chunk != in_hand_->chunk || !sessions_.contains(in_hand_->session) ||
      sessions_.at(in_hand_->session).worker != keep.worker)
    return fail(fmt::format("it keeps counts of chunk {} that did not come", keep.chunk));
  if (is_accepted(keep.chunk))
    fail(fmt::format("it keeps chunk {}, which is accepted", keep.chunk));
  kept_[keep.chunk][keep.worker] = in_hand_->print;
}

void Referee::check(const action::Accept& accept) {
  const ChunkId chunk = accept.chunk;
  if (is_accepted(chunk)) return fail(fmt::format("chunk {} accepted twice", chunk));
  if (is_set_aside(chunk)) return fail(fmt::format("chunk {} accepted and set aside", chunk));
  std::optional<Fingerprint> print;
  if (const auto it = kept_.find(chunk); it != kept_.end())
    if (const auto counts = it->second.find(accept.worker); counts != it->second.end())
      print = counts->second;
  if (!print && in_hand_ && in_hand_->chunk == chunk && sessions_.contains(in_hand_->session) &&
      sessions_.at(in_hand_->session).worker == accept.worker)
    print = in_hand_->print;
  if (!print) return fail(fmt::format("chunk {} accepted without counts", chunk));
  if (holders_[chunk] > 0) fail(fmt::format("chunk {} accepted, and not cancelled", chunk));
  maker_[chunk] = accept.worker;
  is_truth_[chunk] = *print == honest_counts(chunk);
  kept_.erase(chunk);
  ++accepted_;
  ++unfreed_;
}

void Referee::check(const action::Judge& judge) {
  if (!kept_.contains(judge.chunk)) fail(fmt::format("nothing to judge of chunk {}", judge.chunk));
  if (!judging_.insert(judge.chunk).second) fail(fmt::format("chunk {} judged twice", judge.chunk));
}

void Referee::check(const action::Revoke& revoke) {
  if (maker_[revoke.chunk] == kNobody || !dismissed_.contains(maker_[revoke.chunk]))
    return fail(fmt::format("chunk {} revoked without a reason", revoke.chunk));
  maker_[revoke.chunk] = kNobody;
  --accepted_;
}

void Referee::check(const action::Dismiss& dismiss) {
  if (!dismissed_.insert(dismiss.worker).second) fail("a worker is dismissed twice");
  has_dismissed_ = true;
  std::vector<SessionId> gone;
  for (const auto& [id, session] : sessions_)
    if (session.worker == dismiss.worker) gone.push_back(id);
  for (const SessionId id : gone) end(id, false);
  for (auto& [chunk, counts] : kept_) counts.erase(dismiss.worker);
  std::erase_if(kept_, [](const auto& entry) { return entry.second.empty(); });
}

void Referee::check(const action::Rest& rest) {
  if (!resting_.insert(rest.worker).second) fail("of a machine it is said twice that it rests");
}

// Nothing stays accepted of who is not trusted.
void Referee::check_revoked() {
  for (ChunkId chunk = 0; chunk < scenario_.chunks(); ++chunk)
    if (dismissed_.contains(maker_[chunk]))
      fail(fmt::format("chunk {} of a dismissed worker stays accepted", chunk));
}

// An accident may look like the chunk's fault: three of them with machines that seem sound do. What
// bad ones do with it is no excuse, but where they are all there is, and deliver now and then.
bool Referee::has_reason(ChunkId chunk) const {
  const Suspicion& suspicion = suspicions_.at(chunk);
  const bool is_company_bad = std::ranges::all_of(sessions_, [&](const auto& entry) {
    return scenario_.workers[entry.second.machine].is_bad();
  });
  return suspicion.sound.size() >= Plan::kBlamesMax ||
         (is_company_bad && suspicion.delivered.size() >= Plan::kBlamesMax);
}

void Referee::check(const action::SetAside& set_aside) {
  if (known_ < scenario_.chunks()) fail("a chunk set aside before the rest was cut");
  if (!is_condemned(set_aside.chunk))
    fail(fmt::format("chunk {} set aside, and too few failed", set_aside.chunk));
  const bool is_innocent = scenario_.curses[set_aside.chunk] == Curse::kNone;
  if (is_innocent && !has_reason(set_aside.chunk))
    fail(fmt::format("chunk {} set aside, and it was not its fault", set_aside.chunk));
  if (is_accepted(set_aside.chunk))
    fail(fmt::format("chunk {} set aside, accepted", set_aside.chunk));
  if (!set_aside_.insert(set_aside.chunk).second) fail("a chunk set aside twice");
  // What it did to machines is forgiven.
  for (const auto& [incarnation, machine] : suspicions_[set_aside.chunk].died)
    if (Falls& falls = falls_[machine]; falls.count > 0) --falls.count;
}

void Referee::check(const action::Finish&) {
  is_finished_ = true;
  conclude(true);
}

void Referee::conclude(bool is_in_time) {
  std::uint32_t missing = 0;
  std::uint32_t wrong = 0;
  std::uint32_t killers = 0;
  std::string first;
  for (ChunkId chunk = 0; chunk < scenario_.chunks(); ++chunk) {
    if (!is_accepted(chunk) && !is_set_aside(chunk)) {
      if (++missing == 1) first = fmt::format(" (the first: {})", chunk);
    } else if (is_accepted(chunk) && !is_old_[chunk]) {
      wrong += !is_truth_[chunk];
      killers += scenario_.curses[chunk] != Curse::kNone;
    }
  }
  if (!is_in_time)
    return fail(fmt::format("not ended in time; {} chunks missing{}", missing, first));
  if (missing > 0) fail(fmt::format("ended with {} chunks missing{}", missing, first));
  if (killers > 0) fail("a chunk that nobody can compute was accepted");
  const bool is_exact = scenario_.audit >= 1 || !scenario_.has_liars();
  if (wrong > 0 && is_exact) fail(fmt::format("{} chunks have wrong counts", wrong));
}

}  // namespace mandel::sim
