// What was seen of one host, without a judgement; verdict.h judges. A fact is missing where it was
// not tried, because one before it failed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/base/clock.h"
#include "common/keys/keys.h"
#include "common/net/address.h"
#include "common/net/zmtp_probe.h"
#include "common/wire/link.h"
#include "common/wire/wire.h"

namespace mandel::doctor {

struct Connected {
  int error = 0;  // errno; 0: it accepted
  Nanoseconds took = 0;
};

// What came in answer to our Hello.
struct NoAnswer {
  std::optional<LinkEnd> end = {};  // of the connection; nothing: it just stays
};
using Answer = std::variant<NoAnswer, PeerError, wire::Refusal, wire::Welcome>;

// How the chunks for measuring ended.
struct Measured {
  enum class End {
    kDone,
    kWaiting,  // a chunk waited for a lane until the time was over
    kStuck,    // a lane was at it until then
    kLate,     // its counts were still on their way then
    kSilent,   // no word came any more
    kFailed,   // see `reason`
  };
  End end = End::kDone;
  std::string reason;
  std::vector<Nanoseconds> round_trips;  // of tiny chunks, without what they took at the worker
  std::uint64_t bytes = 0;               // of the largest chunk that came
  Nanoseconds transfer = 0;              // its round trip, likewise
};

struct Facts {
  Address address;                         // as it was given
  std::optional<Result<Address>> numeric;  // what its name resolves to
  std::optional<Connected> connected;
  std::optional<Greeting> greeting;
  std::optional<Result<Security>> security;  // how this machine would speak to it
  std::optional<Answer> answer;
  std::optional<Measured> measured;
};

}  // namespace mandel::doctor
