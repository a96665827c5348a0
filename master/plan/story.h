// What happened to which chunk, for the question "why was this one so late?": a log with a bound,
// which forgets its oldest entries. dask.distributed's story(key) is the model.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/ids.h"

namespace mandel {

struct Transition {
  enum class Kind {
    kGranted,    // sent to the worker
    kBackedUp,   // sent to the worker as well, because its holder is late
    kExpired,    // the worker's lease ended: no sign of life from this chunk
    kForgotten,  // the worker knows nothing of it: lost on the way
    kReturned,   // the worker could not do it, or its counts did not verify
    kLost,       // the session ended while the worker held it
    kLate,       // counts came when they were not needed any more
    kKept,       // counts came; another worker is asked too
    kAgreed,     // a second worker has the same counts
    kDiffered,   // a second worker has other counts
    kAccepted,
    kCancelled,  // the worker was told that nobody waits for it
    kRevoked,    // the worker that made it was caught lying
    kSuspected,  // it was running where processes died: it goes out alone now
    kSetAside,
  };
  Nanoseconds at;
  ChunkId chunk;
  Kind kind;
  std::optional<SessionId> session;
};

// One line's words for it: "granted to", "lost with".
std::string in_words(Transition::Kind kind);

class Story {
 public:
  static constexpr std::size_t kEntriesMax = 1u << 16;

  // With `only`, nothing is kept of other chunks, and so, but for absurd lives, all of this one's.
  explicit Story(std::optional<ChunkId> only = {}) : only_(only) {}

  void add(const Transition& transition);
  // The chunk's life as far as it is remembered, oldest first.
  std::vector<Transition> of(ChunkId chunk) const;
  bool has_forgotten() const { return has_forgotten_; }

 private:
  std::optional<ChunkId> only_;
  std::deque<Transition> entries_;
  bool has_forgotten_ = false;
};

}  // namespace mandel
