// All that a simulated job is made of, drawn from one number: the fleet, the chunks, the network
// and how much of it goes wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/protocol_times.h"
#include "master/chunks/ids.h"
#include "master/plan/policy.h"
#include "tests/sim/network.h"

namespace mandel::sim {

// What a worker does with its tasks instead of computing them, for good. Its daemon beats.
enum class Hoard : std::uint8_t { kNone, kIgnores, kGetsOn, kWaits };

struct WorkerSpec {
  Capacity capacity;
  double speed = 1;  // of a lane
  Nanoseconds joins = 0;
  double lies = 0;                        // share of its chunks with wrong counts
  double returns = 0;                     // share of its chunks that it fails
  std::uint32_t unacknowledged_max = 64;  // results; with more it computes nothing
  bool computes_on = false;               // finishes what its lanes are at when the session breaks
  // Bad for good:
  Nanoseconds life = 0;  // of each of its processes, on average; 0: they don't die by themselves
  Nanoseconds gap = 0;   // until the next one
  Hoard hoard = Hoard::kNone;
  double slows = 1;  // each chunk takes so many times longer than the one before
  // How it is found:
  bool dials_in = false;    // at the lobby, where its processes have two places
  Nanoseconds off_at = 0;   // taken off the list; 0: never
  Nanoseconds back_at = 0;  // and called back; 0: never
  LinkSpec link;

  bool is_bad() const { return life > 0 || hoard != Hoard::kNone || slows > 1; }
};

enum class Curse : std::uint8_t { kNone, kKills, kFails };

struct Scenario {
  std::uint64_t seed = 0;
  std::uint32_t window = 1;
  double audit = 0;
  std::vector<Nanoseconds> costs;   // of each chunk, on a lane of speed 1
  std::vector<Curse> curses;        // of each chunk: what it does to whoever begins it
  std::vector<WorkerSpec> workers;  // the first stays well, in the end
  std::vector<bool> done;           // by an earlier master
  std::uint32_t opening = 0;        // chunks that are known at first; 0: all
  std::uint32_t rest_after = 0;     // results: then the rest is cut
  std::uint32_t above = 0;          // chunks of the rest that are written before the opening
  Nanoseconds faults_end = 0;       // from then on nothing goes wrong
  Nanoseconds fault_every = 0;      // mean; 0: never
  Nanoseconds writer_delay = 0;     // at most
  bool writes_in_order = true;
  Nanoseconds beat_every = kBeatPeriod;
  Nanoseconds patience = 0;  // without a worker of use; 0: endless

  std::uint32_t chunks() const { return static_cast<std::uint32_t>(costs.size()); }
  // Which chunk is written as which, from 0.
  ChunkId chunk_at(std::uint32_t place) const;
  std::uint32_t place_of(ChunkId chunk) const;
  std::uint32_t cursed() const;
  bool has_liars() const;
  bool has_crash_loop() const;
  bool is_hopeless() const { return workers.front().is_bad(); }  // and so are all
};

struct Overrides {
  std::optional<std::uint32_t> workers;
  std::optional<std::uint32_t> chunks;
};

Scenario draw(std::uint64_t seed, const Overrides& overrides = {});
// Nothing goes wrong, many workers, many chunks: for measuring the plan.
Scenario crowd(std::uint32_t workers, std::uint32_t chunks);

std::string in_words(const Scenario& scenario);

}  // namespace mandel::sim
