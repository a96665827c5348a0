// See dialler.h.
#include "common/wire/dialler.h"

#include <fmt/format.h>
#include <utility>

#include "common/keys/key_ring.h"
#include "common/net/reach.h"

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
      // Or the end of its process came in between, or it is no worker at all.
      if (!curve) return "it hung up on a greeting without keys: perhaps it speaks with keys only";
      return fmt::format(
          "it hung up on a greeting that only the owner of the key {} can read: somebody else "
          "answers there, or it has a new key, or runs with --insecure. If a new key is right, put "
          "that into {}",
          short_fingerprint(curve.value().peer), lists.own);
    case LinkEnd::kUnlike:
      return why_unlike(curve.has_value());
    case LinkEnd::kUnreached:
      return "nobody takes the connection";
    case LinkEnd::kClosed:
      break;
  }
  return "the connection was closed";
}

}  // namespace

Resolver::Asked Dialler::ask(const Address& name) {
  if (!config_.meet) return resolver_.ask(name);
  return resolver_.ask([name, meet = config_.meet] {
    auto all = resolve_all(name);
    if (all)
      for (const Address& numeric : *all) meet(name, numeric);
    return all;
  });
}

// A name that does not resolve now may do so the next time.
Result<std::unique_ptr<DialLink>> Dialler::dial() {
  if (untried_.empty()) {
    if (!asked_) {
      turn_ = std::exchange(next_turn_, (next_turn_ + 1) % names_.size());
      asked_ = ask(names_[turn_]);
    }
    const auto answer = asked_->take();
    if (!answer) return nullptr;
    asked_.reset();
    if (!*answer) return tl::unexpected(answer->error());
    untried_.assign((*answer)->begin(), (*answer)->end());
    has_others_ = untried_.size() > 1;
  }
  if (numeric_ != untried_.front()) has_turned_ = false;
  numeric_ = untried_.front();
  untried_.pop_front();
  const auto security = config_.security ? config_.security(names_[turn_], *numeric_) : Security{};
  if (!security) return tl::unexpected(security.error());
  has_other_way_ = security->may_be_plain && security->curve;
  const bool is_plain = security->may_be_plain && !prefers_curve_;
  curve_ = is_plain ? std::nullopt : security->curve;
  const bool is_only = !has_others_ && names_.size() == 1;
  return std::make_unique<DialLink>(context_, numeric_->endpoint(), config_.side, curve_,
                                    is_only ? DialLink::Tries::kMany : DialLink::Tries::kOne);
}

std::string Dialler::explain(LinkEnd end) {
  if (end == LinkEnd::kClosed) has_turned_ = false;
  const bool was_misunderstood = end == LinkEnd::kMisheard || end == LinkEnd::kUnlike;
  if (!was_misunderstood || !has_other_way_) return in_words(end, curve_, lists_of(config_.side));
  prefers_curve_ = !prefers_curve_;
  if (std::exchange(has_turned_, true)) return in_words(end, curve_, lists_of(config_.side));
  untried_.push_front(*numeric_);
  return "";
}

std::string Dialler::waits_for() const {
  if (!asked_) return "";
  return still_asked(names_[turn_]);
}

Connector::Peer Dialler::peer() const { return {numeric_, curve_ ? curve_->peer : ""}; }

bool Dialler::also_dial(std::vector<Address> names) {
  names_.resize(1);
  names_.insert(names_.end(), names.begin(), names.end());
  turn_ = next_turn_ = 0;
  asked_.reset();
  untried_.clear();
  return true;
}

}  // namespace mandel
