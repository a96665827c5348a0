// See story.h.
#include "master/plan/story.h"

#include <algorithm>
#include <iterator>

#include "common/base/error.h"

namespace mandel {

std::string in_words(Transition::Kind kind) {
  using enum Transition::Kind;
  switch (kind) {
    case kGranted:
      return "granted to";
    case kBackedUp:
      return "late, so backed up by";
    case kExpired:
      return "no progress at";
    case kForgotten:
      return "unknown at";
    case kReturned:
      return "came back from";
    case kLost:
      return "lost with";
    case kLate:
      return "came again, too late, from";
    case kKept:
      return "counts kept for audit, from";
    case kAgreed:
      return "the same counts from";
    case kDiffered:
      return "other counts from";
    case kAccepted:
      return "accepted";
    case kCancelled:
      return "cancelled at";
    case kRevoked:
      return "revoked";
    case kSuspected:
      return "suspected of killing workers";
    case kSetAside:
      return "set aside";
  }
  MANDEL_ASSERT(false);
}

void Story::add(const Transition& transition) {
  if (only_ && transition.chunk != *only_) return;
  entries_.push_back(transition);
  if (entries_.size() <= kEntriesMax) return;
  entries_.pop_front();
  has_forgotten_ = true;
}

std::vector<Transition> Story::of(ChunkId chunk) const {
  std::vector<Transition> life;
  std::ranges::copy_if(entries_, std::back_inserter(life),
                       [&](const Transition& t) { return t.chunk == chunk; });
  return life;
}

}  // namespace mandel
