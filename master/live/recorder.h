// Keeps what the live page shows while a job runs. It hears what the loop tells, and is asked for a
// state now and then; in between it holds no more than the state does, and the chunks that are out.
// Not the plan's own story: that has no words, no pictures, and forgets.
//
// Pure: no clock, no socket, no thread; points in time are since the job began.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "master/live/estate.h"
#include "master/live/live_state.h"
#include "master/live/work_estimate.h"
#include "master/stats/run_observer.h"

namespace mandel {

class LiveRecorder final : public RunObserver {
 public:
  // `is_watched` says whether anybody looks; then each state goes to `show`.
  LiveRecorder(std::function<bool()> is_watched,
               std::function<void(std::shared_ptr<const LiveState>)> show);
  ~LiveRecorder() override;

  // A job begins, now, at so many milliseconds since 1970; what was before is forgotten, but for a
  // sweep's progress.
  void begin(LiveJob job, std::int64_t began_ms);
  // These chunks of it were done by an earlier run.
  void done_before(ChunkId chunk, const Band& band, const Display::ReadRow& read_row);
  void set_sweep(LiveSweep sweep);
  // Nothing is computed any more: `phase` is "writing", "done" or "failed". Shown at once.
  void set_phase(std::string_view phase, std::string ending);

  void enlisted(WorkerId worker, const std::string& label) override;
  void joined(const Joiner& joiner, Nanoseconds at) override;
  void parted(WorkerId worker, Parting how, const std::string& reason, Nanoseconds at) override;
  void sent(WorkerId worker, ChunkId chunk, const Band& band, std::uint32_t attempt,
            Nanoseconds at) override;
  void cancelled(WorkerId worker, ChunkId chunk) override;
  void came(const ChunkTimes& times) override;
  void returned(WorkerId worker, ChunkId chunk, const std::string& reason, Nanoseconds at) override;
  void kept(WorkerId worker, ChunkId chunk) override;
  void accepted(WorkerId worker, ChunkId chunk, const Band& band,
                std::span<const std::uint32_t> counts, Nanoseconds at) override;
  void revoked(WorkerId worker, ChunkId chunk, const Band& band) override;
  void dismissed(WorkerId worker, const std::string& reason, Nanoseconds at) override;
  void rests(WorkerId worker, std::uint32_t falls, Nanoseconds at) override;
  bool wants_lanes() override { return true; }
  void told(const LaneSlice& slice) override;
  bool wants_to_look() override { return is_watched_(); }
  void look(const RunNow& now) override;

 private:
  struct Worker;
  // A chunk that is out.
  struct Out {
    Band band;
    std::vector<WorkerId> holders;
  };
  struct ToldEstate {
    Estate estate;
    std::uint32_t happening = 0;
  };

  std::string name(WorkerId worker) const;
  std::string text_of(const Estate& estate) const;
  std::uint32_t leave_estate(WorkerId worker, Estate estate, std::string_view kind, Nanoseconds at);
  void inherit(WorkerId worker, ChunkId chunk);
  void let_go(WorkerId worker, ChunkId chunk);
  LiveWorker shown(WorkerId worker, const WorkerNow& now, Nanoseconds at) const;
  void show();

  const std::function<bool()> is_watched_;
  const std::function<void(std::shared_ptr<const LiveState>)> show_;
  std::uint64_t version_ = 0;
  LiveState state_;  // what has no other home below, and the small figures of the last look
  RunNow now_;
  Display display_;
  WorkEstimate work_;
  Happenings happenings_;
  LaneGrid lanes_job_{kSecond};
  LaneGrid lanes_minute_{kSecond};
  RecentRate rate_;
  double pixels_ = 0;
  std::uint32_t chunks_before_ = 0;
  std::vector<Worker> workers_;                  // by WorkerId
  std::map<ChunkId, Out> out_;                   // as many as workers may hold
  std::map<ChunkId, double> costs_;              // of results that came and are not accepted yet
  std::map<std::uint32_t, ToldEstate> estates_;  // the last few
  std::map<ChunkId, std::uint32_t> orphans_;     // whose estate a chunk is of
  std::uint32_t next_estate_ = 0;
};

}  // namespace mandel
