// When a worker dies or fails with a chunk: is it the chunk's fault, or the worker's? Nobody can
// know at once, so both are remembered. The chunk goes to others. If one of them does it, the fault
// was the worker's (acquit), whose word counts for less from then on. If workers fail that
// otherwise deliver, it is the chunk's (is_convicted).
#include <algorithm>
#include <ranges>

#include "master/plan/plan.h"

namespace mandel {
namespace {

constexpr std::uint32_t kResultsAFault = 10;    // of a worker whose word counts
constexpr Nanoseconds kHungMax = 30 * kSecond;  // a worker whose lanes stand still may move again

}  // namespace

void Plan::blame(ChunkId chunk, Blame blame) {
  Open& open = open_.at(chunk);
  // A process dies once; more broken connections of it are no more proof.
  const bool is_known = blame.is_death && std::ranges::any_of(open.blames, [&](const Blame& b) {
                          return b.incarnation == blame.incarnation;
                        });
  if (is_known) return;
  const Rests& rests = rests_.at(standings_.at(blame.worker).machine);
  blame.had_delivered = rests.has_delivered();
  blame.is_first = rests.was_first();
  open.blames.push_back(blame);
  open.tried = open.blamed = now_;
  if (open.blames.size() == kBlamesMax) open.condemned = now_;
  blamed_.insert(chunk);
  last_blame_ = now_;
  if (open.is_suspect()) note(Transition::Kind::kSuspected, chunk);
  resort(chunk);
}

// The process lives: it was the connection that broke.
void Plan::absolve(std::uint64_t incarnation) {
  for (auto it = blamed_.begin(); it != blamed_.end();) {
    const ChunkId chunk = *it;
    Open& open = open_.at(chunk);
    const bool was_blamed = std::erase_if(open.blames, [&](const Blame& b) {
                              return b.incarnation == incarnation && b.is_death;
                            }) > 0;
    if (open.blames.size() < kBlamesMax) open.condemned.reset();
    it = open.blames.empty() ? blamed_.erase(it) : std::next(it);
    if (was_blamed) resort(chunk);
  }
}

// Somebody did the chunk. Who failed with it did so by its own fault, and so did who died with it
// and with nothing else that is still open.
void Plan::acquit(ChunkId chunk) {
  if (blamed_.erase(chunk) == 0) return;
  for (const Blame& blame : open_.at(chunk).blames)
    if (!is_shared(blame, chunk)) ++standings_[blame.worker].faults;
}

// May the death be another chunk's fault, too?
bool Plan::is_shared(const Blame& blame, ChunkId chunk) const {
  return blame.is_death && !blame.is_certain && std::ranges::any_of(blamed_, [&](ChunkId other) {
           return other != chunk &&
                  std::ranges::any_of(open_.at(other).blames, [&](const Blame& b) {
                    return b.is_death && b.incarnation == blame.incarnation;
                  });
         });
}

// Does the worker's word count, that a chunk can't be computed?
bool Plan::is_witness(WorkerId worker) const {
  const auto it = standings_.find(worker);
  return it != standings_.end() && !dismissed_.contains(worker) &&
         it->second.results > kResultsAFault * it->second.faults;
}

// Has it delivered, and never failed by its own fault? Only three such convict a chunk without the
// others.
bool Plan::is_spotless(WorkerId worker) const {
  return is_witness(worker) && standings_.at(worker).faults == 0;
}

// Its connection went silent: it may come back, and have its chunks.
bool Plan::may_live(WorkerId worker) const {
  const Standing& standing = standings_.at(worker);
  return is_expected_back(standing) && standing.is_silent;
}

// Does enough speak against the chunk but machines that die with everything, as far as is known?
// However often they die, and however many they are, one that is sound may come and do it, even
// from the same machine. Where none comes, the job ends by --patience, or by this time where
// somebody stays and does nothing.
bool Plan::is_plausible(ChunkId chunk) const {
  const auto is_serious = [&](const Blame& blame) {
    return !blame.is_death || blame.had_delivered ||
           (blame.is_first && rests_.at(standings_.at(blame.worker).machine).is_expected());
  };
  return now_ - last_result_ > kComputedMax ||
         std::ranges::count_if(open_.at(chunk).blames, is_serious) >= std::ptrdiff_t{kBlamesMax};
}

// Whose machine had come to nothing just before is none of the spotless, whatever it delivered long
// ago.
Plan::Trial Plan::trial_of(ChunkId chunk) const {
  Trial trial;
  for (const Blame& blame : open_.at(chunk).blames) {
    if (may_live(blame.worker) || is_shared(blame, chunk)) continue;
    const WorkerId machine = standings_.at(blame.worker).machine;
    trial.tried.insert(machine);
    if (blame.is_first && is_spotless(blame.worker)) trial.spotless.insert(machine);
    trial.is_sure |= is_witness(blame.worker) && tries(blame.worker, chunk) >= kBlamesMax &&
                     (!blame.is_death || rests_.at(machine).is_expected());
  }
  // Then who takes long with it counts as one who has failed: it may be slow, or never end.
  if (trial.is_sure)
    for (const SessionId id : open_.at(chunk).holders)
      if (!is_waited_for(sessions_.at(id), chunk, true))
        trial.tried.insert(sessions_.at(id).machine);
  return trial;
}

// Three workers that otherwise deliver, or six of any kind, or all there are.
bool Plan::is_convicted(ChunkId chunk) const {
  if (!is_plausible(chunk)) return false;
  const Trial trial = trial_of(chunk);
  return trial.spotless.size() >= kBlamesMax || trial.tried.size() >= kTriersMax ||
         all_have_tried(chunk, trial);
}

// All that are there twice; and those that may come back, too, unless three have tried that don't
// fall again and again.
bool Plan::all_have_tried(ChunkId chunk, const Trial& trial) const {
  if (std::ranges::any_of(sessions_ | std::views::values, [&](const Session& session) {
        return tries(session, chunk) < 2 && is_waited_for(session, chunk, trial.is_sure);
      }))
    return false;
  const auto sound = static_cast<std::size_t>(std::ranges::count_if(
      trial.tried, [&](WorkerId machine) { return rests_.at(machine).is_expected(); }));
  const std::size_t enough = sound >= kBlamesMax ? 1 : 2;
  return std::ranges::none_of(standings_, [&](const auto& entry) {
    const bool is_falling = !rests_.at(entry.second.machine).is_expected();
    if (is_falling && now_ - open_.at(chunk).blamed >= kAbsenceMax)
      return false;  // as if it rested
    return is_expected_back(entry.second) && !dismissed_.contains(entry.first) &&
           (entry.second.is_silent || tries(entry.first, chunk) < enough);
  });
}

std::size_t Plan::tries(WorkerId worker, ChunkId chunk) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      open_.at(chunk).blames,
      [&](const Blame& blame) { return blame.worker == worker && !is_shared(blame, chunk); }));
}

// One on trial may be the same that died before under other numbers; any other is a worker of its
// own, whoever dies beside it.
std::size_t Plan::tries(const Session& session, ChunkId chunk) const {
  if (!rests_.at(session.machine).is_on_trial(session.incarnation))
    return tries(session.worker, chunk);
  return static_cast<std::size_t>(
      std::ranges::count_if(open_.at(chunk).blames, [&](const Blame& blame) {
        return standings_.at(blame.worker).machine == session.machine && !is_shared(blame, chunk);
      }));
}

// Who is there, and whose lanes don't stand still. Who is at the chunk has some time for it; so has
// who is at another, and can't get this one before; and so has who rests.
bool Plan::is_waited_for(const Session& session, ChunkId chunk, bool is_sure) const {
  const Held* held = find_held(session, chunk);
  if (session.is_given_up) return false;
  if ((session.is_leaving || session.is_overdue) && (held == nullptr || !is_computing(session)))
    return false;
  if (is_resting(session)) return now_ - open_.at(chunk).blamed < kAbsenceMax;
  const bool has_tried = tries(session, chunk) > 0;
  if ((held != nullptr && held->is_expired) || is_stuck(session)) {
    if (now_ - last_moved(session) >= kHungMax) return false;
  }
  if (held == nullptr && session.held.empty()) return true;
  const Nanoseconds since = held != nullptr ? held->granted : session.held.front().granted;
  if (is_sure && standings_.at(session.worker).results == 0) return now_ - since < kAbsenceMax;
  const bool had_its_time = has_tried || session.is_overdue;
  return now_ - (had_its_time ? open_.at(chunk).condemned.value_or(since) : since) < kComputedMax;
}

bool Plan::is_expected_back(const Standing& absent) const {
  return absent.since && now_ - *absent.since < kAbsenceMax &&
         (absent.results > 0 || rests_.at(absent.machine).is_expected());
}

// A condemned chunk goes out once more when nothing else is left to do, to one worker after the
// other; and again, as long as only machines have tried that have nothing else to show what they
// can. One that delivers and died with it three times may have had accidents: it is asked once
// more.
bool Plan::may_try_again(const Session& session, ChunkId chunk) const {
  const bool may_be_accidents =
      standings_.at(session.worker).results > 0 && !trial_of(chunk).is_sure &&
      std::ranges::none_of(open_.at(chunk).blames, [&](const Blame& blame) {
        return blame.worker == session.worker && !blame.is_death;
      });
  if (is_plausible(chunk) && tries(session, chunk) >= kBlamesMax + (may_be_accidents ? 1 : 0))
    return false;
  if (is_convicted(chunk)) return false;
  return active_holders(chunk) == 0 || is_time_for_another(chunk);
}

// The machine has come to nothing once more.
void Plan::fall(const Session& session, bool is_death) {
  Rests& rests = rests_[session.machine];
  if (is_death) {
    rests.died(session.incarnation, now_);
  } else {
    rests.fell(now_);
  }
  if (rests.take_news()) actions_.emplace_back(action::Rest{session.worker, rests.falls()});
}

bool Plan::is_resting(const Session& session) const {
  const auto it = rests_.find(session.machine);
  return it != rests_.end() && it->second.is_resting(session.incarnation, now_);
}

// One whose beats tell that it computes is of use, whatever it was thought to have forgotten.
bool Plan::has_workers() const {
  return std::ranges::any_of(sessions_ | std::views::values, [&](const Session& session) {
    return !is_resting(session) || is_computing(session);
  });
}

}  // namespace mandel
