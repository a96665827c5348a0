// The scheduler, called the plan: which chunk is where, and what to do next. A pure state machine:
// events in, actions out, time as an argument. It opens no socket, reads no clock and starts no
// thread, so that tests and the simulator (tests/sim/) live through any order of events; the loop
// (run.cpp) feeds it and executes what it says.
//
// A chunk is pending, held by one worker (by more when it is late), kept (one result is there and a
// second opinion is asked for), done, or set aside. Chunks are granted lowest first. What is held
// or in the master's memory is bounded by `window`; chunks that came back are exempt, and go first,
// so that the bound can't deadlock. (With `--chunks auto` the opening's chunks come first, though
// they may lie in mid-picture: they can't be written before the rows above, which are cut later. So
// the window has room for all of them.)
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "common/base/clock.h"
#include "common/base/fingerprint.h"
#include "common/base/protocol_times.h"
#include "master/chunks/ids.h"
#include "master/plan/plan_events.h"
#include "master/plan/policy.h"
#include "master/plan/rests.h"
#include "master/plan/story.h"
#include "master/plan/trust.h"

namespace mandel {

class Plan {
 public:
  // A worker is dismissed once it has returned so many different chunks with no result between
  // them. Those under suspicion don't count: it is they who are being tried.
  static constexpr std::size_t kReturnsInARowMax = 3;
  // Or so often something that it was not asked for, or not any more. Some of that may cross a
  // cancellation; then a result follows.
  static constexpr std::uint32_t kUnaskedInARowMax = 8;
  // A chunk that was returned so often, or that so many processes died with, one of them while it
  // had nothing else, waits until all else is done. Then is_convicted() decides.
  static constexpr std::size_t kBlamesMax = 3;
  // A task of which a worker's beats know nothing so long after it was sent, or whose ticks stand
  // still for so long, is given to somebody else.
  static constexpr Nanoseconds kLease = kTaskLease;
  // A chunk that a worker failed or died with is kept so long for those who have not tried. Then
  // any may: who has not tried may be busy for long, or a thousand times slower.
  static constexpr Nanoseconds kKeptForOthers = 2 * kLease;
  // A second opinion is waited for so long, or for four times as long as the first one took.
  static constexpr Nanoseconds kSecondOpinion = 2 * kLease;
  static constexpr int kSlowerAtMost = 4;
  // So many machines of any kind, of which each failed or died with it, are proof against a chunk:
  // more than would come to grief by themselves.
  static constexpr std::size_t kTriersMax = 6;
  // A lane that gets on with a chunk that others failed or died with is waited for so long; and so
  // are sound machines where only others have died with it, since anybody has delivered anything.
  static constexpr Nanoseconds kComputedMax = 300 * kSecond;
  // A worker that was cut off so lately is expected back.
  static constexpr Nanoseconds kAbsenceMax = 60 * kSecond;

  struct Config {
    std::uint32_t chunks = 1;
    std::uint32_t window = 1;     // chunks that may be held, kept, or in the master's memory
    double audit = 0;             // share of a trusted worker's chunks that another computes again
    std::uint64_t seed = 0;       // of the choice
    std::vector<bool> done = {};  // by an earlier master; empty: none
    std::optional<ChunkId> explained = {};  // whose story is kept whole
    // There will be more chunks than these, and RestCut says how many. Until then a worker may hold
    // so many and no more, whatever its lanes and its speed, and the job does not end.
    bool has_rest = false;
    std::uint32_t opening_share = 0;
  };
  explicit Plan(Config config);

  std::vector<Action> on(const Event& event, Nanoseconds now);

  std::uint32_t chunks() const { return chunks_; }
  std::uint32_t chunks_done() const { return done_count_; }
  const std::map<ChunkId, std::string>& set_aside() const { return set_aside_; }
  bool is_finished() const { return is_finished_; }
  // Is there somebody who could do more, were the rest cut?
  bool waits_for_rest() const;
  // Would valid counts for the chunk from this worker be of use now?
  bool wants(SessionId session, ChunkId chunk) const;
  // Is anybody there but those who rest and compute nothing?
  bool has_workers() const;
  // Is there, or was, a machine that came to nothing again and again?
  bool has_fallen() const {
    return std::ranges::any_of(rests_, [](const auto& r) { return !r.second.is_expected(); });
  }
  // Is so much of the window in use that what leaves the master's memory should be told soon?
  bool is_short_of_room() const { return window_used() > window_ / 2; }
  std::size_t chunks_held() const;                   // by workers; a backup counts too
  std::size_t chunks_held(SessionId session) const;  // none, if it came when all was done
  // The latest of its chunks; nothing: none is late by seconds, or nobody knows.
  std::optional<Lateness> latest(SessionId session) const;
  std::uint32_t backups() const { return backups_; }  // granted so far
  const Story& story() const { return story_; }
  // Which promise of the members below is broken: a sentence, and the story of the chunk concerned;
  // empty: none. The simulator asks after every event, and so does a build with NDEBUG unset.
  std::string check() const;

 private:
  struct Held {
    ChunkId chunk;
    std::uint32_t attempt;
    Nanoseconds granted;
    Nanoseconds began;         // when a lane came free for it, as far as can be told from here
    Nanoseconds moved;         // when it was last seen to wait for a lane, or to get on in one
    Nanoseconds expected_end;  // 0: not known
    std::uint64_t ticks = 0;   // of the newest beat
    bool is_expired = false;   // given to somebody else too; a result is still welcome
  };
  struct Stray {
    std::uint64_t ticks;
    Nanoseconds moved;
  };
  struct Session {
    WorkerId worker = 0;
    WorkerId machine = 0;
    std::uint64_t incarnation = 0;
    Capacity capacity;
    std::vector<Held> held;  // in the order of granting, which is that of computing
    bool is_leaving = false;
    Nanoseconds granted = 0;    // when it was given a chunk last; 0: never
    Nanoseconds delivered = 0;  // last; or when it joined
    bool is_overdue = false;    // a second opinion had to do without it; until it delivers
    bool is_given_up = false;   // a conviction had to; until it delivers
    std::set<ChunkId> returned_in_a_row;
    std::uint32_t unasked_in_a_row = 0;  // returned, and not held
    Nanoseconds chunk_ns = 0;            // what a lane takes for a chunk, as of late; 0: not known
    Nanoseconds lanes_ns = 0;            // of it, the lane's own time; 0: not known
    Nanoseconds wire_ns = 0;             // the least that a chunk was under way; 0: not known
    // Tasks that its beats name and that it was not granted, or not any more: by ticks.
    std::map<std::pair<ChunkId, std::uint32_t>, Stray> strays;

    double rate() const { return chunks_per_ns(chunk_ns); }
    Speed speed() const { return {rate(), chunks_per_ns(lanes_ns), wire_ns}; }
    double chunks_per_ns(Nanoseconds each_ns) const {
      return each_ns > 0 ? capacity.lanes / static_cast<double>(each_ns) : 0;
    }
  };
  using Sessions = std::map<SessionId, Session>;
  using SessionRef = Sessions::value_type&;

  struct Kept {
    WorkerId worker;
    Fingerprint print;
    Nanoseconds since;
    Nanoseconds until;  // a second opinion is waited for
  };
  struct Blame {
    WorkerId worker;
    std::uint64_t incarnation;
    bool is_death;               // else it returned the chunk
    bool is_certain;             // the process had nothing else that might have killed it
    bool had_delivered = false;  // its machine, before that
    bool is_first = false;       // of its machine's falls in a row
  };
  // A chunk that was touched and is neither done nor set aside.
  struct Open {
    std::uint32_t attempts = 0;
    std::vector<SessionId> holders;  // with those whose lease expired
    std::vector<Blame> blames;       // no two deaths of one incarnation
    std::vector<Kept> kept;
    Nanoseconds tried = 0;   // when it was granted or blamed last
    Nanoseconds blamed = 0;  // when it was blamed last
    // When it was blamed once too often; nothing as long as it was not.
    std::optional<Nanoseconds> condemned = {};

    // The next one that gets it shall have nothing else.
    bool is_suspect() const { return blames.size() + 1 >= kBlamesMax; }
    bool is_condemned() const {
      return blames.size() >= kBlamesMax && std::ranges::any_of(blames, &Blame::is_certain);
    }
  };
  // What a worker's past says of its next death: was it the chunk, or the worker? Counted through
  // all its processes.
  struct Standing {
    std::uint32_t results = 0;
    std::uint32_t faults = 0;  // deaths and failures with chunks that others could do
    WorkerId machine = 0;
    bool is_silent = false;                 // it may not be dead at all
    std::optional<Nanoseconds> since = {};  // when it was cut off or died; else there, or left
  };
  // What speaks against a chunk.
  struct Trial {
    std::set<WorkerId> tried;     // machines
    std::set<WorkerId> spotless;  // of these: they deliver otherwise
    bool is_sure = false;         // a worker that otherwise delivers has tried often enough
  };
  using BackableKey = std::tuple<Nanoseconds, SessionId, ChunkId>;  // by expected end

  void handle(const event::Joined& joined);
  void handle(const event::Leaving& leaving);
  void handle(const event::Lost& lost);
  void handle(const event::Done& done);
  void handle(const event::Returned& returned);
  void handle(const event::Beat& beat);
  void handle(const event::Freed& freed);
  void handle(const event::Judged& judged);
  void handle(const event::RestCut& rest);
  void handle(const event::Paused& paused);
  void handle(const event::Tick& tick);

  // Handing out.
  void grant_in_turn();
  void top_up(SessionRef session);
  void top_up_relieved();
  bool grant_next(SessionRef session);
  std::optional<ChunkId> find_pending(const Session& session) const;
  std::optional<ChunkId> find_suspect(const Session& session) const;
  bool may_take(const Session& session, ChunkId chunk) const;
  bool has_second(ChunkId chunk) const;
  std::uint32_t pending_for(const Session& session) const;
  bool has_pending() const;
  bool has_trials() const { return !condemned_.empty() && is_through(); }
  std::uint32_t pending_fresh() const;
  bool is_through() const;
  std::size_t window_used() const;
  void pass_touched();
  bool is_missing(ChunkId chunk) const;
  void back_up();
  void back_up(SessionRef session);
  std::optional<ChunkId> best_to_back_up(SessionRef session);
  std::size_t new_backups() const;
  bool is_time_for_another(ChunkId chunk) const;
  std::optional<ChunkId> best_to_back_up_again(const Session& session) const;
  void grant(SessionRef session, ChunkId chunk, bool is_backup);
  Fleet fleet(const Session& session) const;
  std::uint32_t credit_of(const Session& session, const Fleet& all) const;
  bool is_usable(const Session& session) const;
  bool is_idle(const Session& session) const;
  std::uint32_t room(const Session& session) const;
  bool is_stuck(const Session& session) const;
  static Nanoseconds last_moved(const Session& session);
  bool is_computing(const Session& session) const;
  void watch_strays(Session& session, const event::Beat& beat);
  std::uint32_t stuck_strays(const Session& session) const;

  // Taking back.
  void release(SessionRef session, ChunkId chunk);
  void expire(SessionRef session, Held& held);
  void revive(SessionRef session, Held& held);
  void put_back(ChunkId chunk);
  void resort(ChunkId chunk);
  void unpend(ChunkId chunk);
  void cancel_holders(ChunkId chunk);
  void end_session(SessionId id, bool is_to_blame);

  // The chunk's fault, or the worker's?
  void blame(ChunkId chunk, Blame blame);
  void absolve(std::uint64_t incarnation);
  void acquit(ChunkId chunk);
  bool is_shared(const Blame& blame, ChunkId chunk) const;
  bool is_witness(WorkerId worker) const;
  bool is_spotless(WorkerId worker) const;
  bool may_live(WorkerId worker) const;
  bool is_plausible(ChunkId chunk) const;
  Trial trial_of(ChunkId chunk) const;
  bool is_convicted(ChunkId chunk) const;
  bool all_have_tried(ChunkId chunk, const Trial& trial) const;
  bool is_expected_back(const Standing& absent) const;
  std::size_t tries(WorkerId worker, ChunkId chunk) const;  // that came to nothing
  std::size_t tries(const Session& session, ChunkId chunk) const;
  bool is_waited_for(const Session& session, ChunkId chunk, bool is_sure) const;
  bool may_try_again(const Session& session, ChunkId chunk) const;
  void fall(const Session& session, bool is_death);
  bool is_resting(const Session& session) const;

  // Results.
  void take_first(SessionRef session, ChunkId chunk, const Fingerprint& print, Nanoseconds took);
  void take_second(SessionRef session, ChunkId chunk, const Fingerprint& print);
  void accept(WorkerId worker, ChunkId chunk);
  void judge_where_alone();
  void judge_what_waits();
  void judge(ChunkId chunk);
  void dismiss(WorkerId worker, const std::string& reason);
  void finish_if_done();

  void measure(Session& session, const Held& held, const event::Done& done);
  void set_chunk_ns(Session& session, Nanoseconds chunk_ns);
  // Until it delivers its next chunk, at least; 0: not known. Who comes late to a job has to
  // prepare for it first.
  Nanoseconds next_chunk_ns(const Session& session) const {
    return session.chunk_ns > 0 ? session.chunk_ns : preparation_ns_;
  }
  void slow_down(Session& session);
  void let_go(Session& session, const Held& held);
  std::uint32_t active_holders(ChunkId chunk) const;
  // Of the active ones: who got it first, and last.
  std::pair<SessionId, SessionId> oldest_and_newest(ChunkId chunk) const;
  const Held* find_held(const Session& session, ChunkId chunk) const;
  void index_backups(ChunkId chunk);
  void unindex_backups(ChunkId chunk);
  void note(Transition::Kind kind, ChunkId chunk, std::optional<SessionId> session = {});

  // See check().
  struct Wrong {
    std::optional<ChunkId> chunk;
    std::string what;  // with a chunk: the rest of a sentence that begins with it
  };
  struct Tally;
  struct Active;
  std::string told(const Wrong& wrong) const;
  std::string wrong_with(ChunkId chunk, const Open& open, Tally& tally) const;
  std::string wrong_with(ChunkId chunk, const std::vector<SessionId>& holders,
                         Active& active) const;
  std::string wrong_with(const std::vector<Blame>& blames, const std::vector<Kept>& kept) const;
  std::string wrong_with_times(ChunkId chunk, const Open& open) const;
  std::optional<Wrong> wrong_with_indices(const Tally& tally) const;
  std::optional<Wrong> wrong_with_holders(const Tally& tally) const;
  std::optional<Wrong> wrong_with_sessions() const;
  std::optional<Wrong> wrong_with_machines() const;
  std::optional<Wrong> wrong_with_counts() const;
  const std::set<ChunkId>* home_of(ChunkId chunk, const Open& open, const Active& active) const;
  Wrong stray() const;

  const Config config_;
  Nanoseconds now_ = 0;
  std::vector<Action> actions_;
  Story story_;
  Trust trust_;

  // Chunks. Each is untouched, open, done or set aside; those before `next_` are touched. What is
  // open is in no more than one of the sets from `returned_` to `judged_`. Without an active holder
  // it is in one of them; with one it is pending nowhere, but may be condemned or judged.
  std::uint32_t chunks_;
  std::uint32_t window_;
  bool has_rest_;
  Nanoseconds opened_ = 0;  // with rest: when the first chunk was granted
  ChunkId next_ = 0;  // the first that is untouched; after it there may be done or open ones, too
  std::vector<bool> done_;
  std::vector<WorkerId> makers_;  // of done chunks; only with audits
  std::uint32_t done_count_ = 0;
  std::uint32_t unfreed_ = 0;  // accepted, and in the master's memory still
  std::map<ChunkId, Open> open_;
  // Pending: anybody's. Neither suspected nor kept.
  std::set<ChunkId> returned_;
  // Pending: anybody's but this worker's, whose counts are the first that are kept. No set is
  // empty.
  std::map<WorkerId, std::set<ChunkId>> unconfirmed_;
  std::set<ChunkId> suspects_;   // pending: for an idle worker, alone
  std::set<ChunkId> condemned_;  // nobody's until all else is done; some may be at it still
  std::set<ChunkId> judged_;     // a Judge is under way; some may be at it again
  std::set<ChunkId> blamed_;     // exactly those that are open and have blames
  Nanoseconds last_blame_ = 0;
  Nanoseconds last_result_ = 0;  // that was of use; before the first: when the first worker came
  std::map<ChunkId, std::string> set_aside_;
  std::set<WorkerId> dismissed_;  // nothing of them is kept
  std::map<WorkerId, Standing> standings_;
  std::map<WorkerId, Rests> rests_;  // of machines
  bool is_finished_ = false;

  // Sessions. What one holds, and who holds a chunk (Open::holders), are the same told twice.
  Sessions sessions_;
  // Whom it pays to ask whether they should get a chunk. All are here that don't leave and hold
  // fewer chunks than a worker of unknown speed may in mid-job. Others may be here, but none that
  // leaves.
  std::set<SessionId> hungry_;
  SessionId next_served_ = 0;                      // of the hungry, in turn
  std::uint32_t lanes_ = 0;                        // of all; what leaves has lanes, and no speed
  double rate_ = 0;                                // of all
  std::multiset<Nanoseconds> chunk_times_;         // of all that have shown their speed
  std::map<WorkerId, Nanoseconds> last_chunk_ns_;  // of workers whose session has ended
  Nanoseconds preparation_ns_ = 0;                 // the longest that a worker needed
  // Exactly the chunks, not condemned, with one active holder, and with more: by the newest grant.
  std::set<BackableKey> backable_;
  std::set<std::pair<Nanoseconds, ChunkId>> backed_up_;
  std::uint32_t backups_ = 0;  // granted ever
  Nanoseconds next_back_up_ = 0;
  std::vector<SessionId> relieved_;  // of a chunk, by the event in hand
};

}  // namespace mandel
