// See dialler.h.
#include "common/wire/dialler.h"

#include <fmt/format.h>

#include "common/keys/key_ring.h"

namespace mandel {
namespace {

// The lists of keys of the end that dials and of the end that listens.
struct Lists {
  const char* own;
  const char* other;
};

Lists lists_of(const Side& dialling) {
  if (std::holds_alternative<MasterSide>(dialling)) return {kKnownWorkers, kAuthorizedMasters};
  return {kAuthorizedMasters, kKnownWorkers};
}

std::string in_words(LinkEnd end, const std::optional<Curve>& curve, const Lists& lists) {
  switch (end) {
    case LinkEnd::kNotAdmitted:
      return fmt::format("it does not admit this machine's key; put this line into its {}: {}",
                         lists.other, public_line(curve.value().own));
    case LinkEnd::kMisheard:
      if (!curve) break;
      return fmt::format(
          "it hung up on a greeting that only the owner of the key {} can read: somebody else "
          "answers there, or it has a new key, or runs with --insecure. If a new key is right, put "
          "that into {}",
          short_fingerprint(curve.value().peer), lists.own);
    case LinkEnd::kUnlike:
      return curve ? "it speaks without keys: was it started with --insecure?"
                   : "it speaks with keys only, and here they are off: by --insecure, or on a "
                     "loopback address for want of a key";
    case LinkEnd::kClosed:
      break;
  }
  return "the connection was closed";
}

}  // namespace

Result<std::unique_ptr<DialLink>> Dialler::dial() {
  const auto security = config_.security ? config_.security() : Security{};
  if (!security) return tl::unexpected(security.error());
  const bool is_plain = security->may_be_plain && !prefers_curve_;
  curve_ = is_plain ? std::nullopt : security->curve;
  return std::make_unique<DialLink>(context_, config_.endpoint, config_.side, curve_);
}

std::string Dialler::explain(LinkEnd end) {
  // Where either may be right, the other one is left to try.
  if (end == LinkEnd::kMisheard || end == LinkEnd::kUnlike) prefers_curve_ = !prefers_curve_;
  return in_words(end, curve_, lists_of(config_.side));
}

}  // namespace mandel
