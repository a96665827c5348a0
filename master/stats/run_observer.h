// Who watches a job: told of what happens, as it happens, and never asked. The trace, the audit of
// pixels, a sweep's figures and the live page watch; the loop (master/job/run.h) need not know
// which. What it tells is plain data, so that watching needs no loop. Points in time are since the
// job began.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/chunking.h"
#include "master/chunks/ids.h"
#include "master/plan/plan_events.h"
#include "master/stats/timing.h"

namespace mandel {

// A lane's time from one point to another, of which it is known what it went into.
struct LaneSlice {
  WorkerId worker = kNobody;
  std::uint32_t lane = 0;
  Nanoseconds TimeSplit::* part = nullptr;
  Nanoseconds from = 0;
  Nanoseconds to = 0;
};

// How a worker is at a moment.
struct WorkerNow {
  bool is_ready = false;  // it has a session
  bool was_ever_ready = false;
  bool is_dismissed = false;
  bool is_released = false;
  bool is_second_name = false;
  bool is_explained = false;  // `problem` says more than that there is no answer
  std::string problem = {};   // why there is no session
  Nanoseconds silence = 0;    // since something was heard
  std::size_t held = 0;       // chunks
  std::optional<Lateness> late = {};
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
};

// How a job is at a moment.
struct RunNow {
  Nanoseconds at = 0;
  std::uint32_t chunks = 0;
  std::uint32_t chunks_done = 0;
  std::size_t held = 0;
  std::vector<WorkerNow> workers = {};  // by WorkerId
};

class RunObserver {
 public:
  // Why a session ended.
  enum class Parting { kLost, kLeft };

  RunObserver() = default;
  RunObserver(const RunObserver&) = delete;
  RunObserver& operator=(const RunObserver&) = delete;
  virtual ~RunObserver() = default;

  // Every worker in the order of their numbers, from 0 on.
  virtual void enlisted(WorkerId /*worker*/, const std::string& /*label*/) {}
  // A session began.
  struct Joiner {
    WorkerId worker = kNobody;
    std::string host;
    std::string kernel;
    std::uint32_t lanes = 0;
  };
  virtual void joined(const Joiner& /*joiner*/, Nanoseconds /*at*/) {}
  virtual void parted(WorkerId /*worker*/, Parting /*how*/, const std::string& /*reason*/,
                      Nanoseconds /*at*/) {}

  virtual void sent(WorkerId /*worker*/, ChunkId /*chunk*/, const Band& /*band*/,
                    std::uint32_t /*attempt*/, Nanoseconds /*at*/) {}
  virtual void cancelled(WorkerId /*worker*/, ChunkId /*chunk*/) {}
  // A result came, and is right as far as one can see; or it was late. What becomes of it follows.
  virtual void came(const ChunkTimes& /*times*/) {}
  // The worker could not do it, or its counts did not verify.
  virtual void returned(WorkerId /*worker*/, ChunkId /*chunk*/, const std::string& /*reason*/,
                        Nanoseconds /*at*/) {}
  // A second opinion is asked for.
  virtual void kept(WorkerId /*worker*/, ChunkId /*chunk*/) {}
  virtual void accepted(WorkerId /*worker*/, ChunkId /*chunk*/, const Band& /*band*/,
                        std::span<const std::uint32_t> /*counts*/, Nanoseconds /*at*/) {}
  virtual void revoked(WorkerId /*worker*/, ChunkId /*chunk*/, const Band& /*band*/) {}
  // It was caught miscounting, or failing again and again.
  virtual void dismissed(WorkerId /*worker*/, const std::string& /*reason*/, Nanoseconds /*at*/) {}
  // It comes to nothing again and again, and gets no chunk for a while.
  virtual void rests(WorkerId /*worker*/, std::uint32_t /*falls*/, Nanoseconds /*at*/) {}
  // Every part of a lane's time as soon as it can be known, if it wants that.
  virtual bool wants_lanes() { return false; }
  virtual void told(const LaneSlice& /*slice*/) {}

  // Ten times a second, if it wants to see how the job is: finding out takes a moment. And once
  // when all is over.
  virtual bool wants_to_look() { return false; }
  virtual void look(const RunNow& /*now*/) {}
};

}  // namespace mandel
