// Looks names up while others work. getaddrinfo blocks for as long as name servers are silent, half
// a minute and more, and nothing can call it off: so threads ask, and are left behind by an owner
// that goes. libzmq would ask in its only I/O thread, and every other link would stand still.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/net/address.h"
#include "common/net/sleeper.h"

namespace mandel {

class Resolver {
 public:
  using Answer = Result<std::vector<Address>>;
  using Question = std::function<Answer()>;

  // What was asked and is not answered yet. A question that nobody holds any more is not begun.
  class Asked {
   public:
    // The answer, once it is there; only once.
    std::optional<Answer> take();

   private:
    friend class Resolver;
    struct Slot;
    explicit Asked(std::shared_ptr<Slot> slot) : slot_(std::move(slot)) {}
    std::shared_ptr<Slot> slot_;
  };

  Resolver();
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // All addresses of a name; a numeric one needs nobody to ask.
  Asked ask(const Address& name);
  // Anything else that may block.
  Asked ask(Question question);
  // Answers that come end the next sleep.
  void watch(Sleeper& sleeper);
  // After a sleep, and before the answers are taken.
  void clear();

 private:
  struct Shared;
  const std::shared_ptr<Shared> shared_;  // threads that are still asking hold it, too
};

// What to say of a name while no answer has come.
std::string still_asked(const Address& name);

// For those who can't go on without it: waits, for five seconds at most. The first address.
Result<Address> resolve(const Address& name);
// All of them; the error says that nobody answered in time.
Resolver::Answer resolve_within(const Address& name, Nanoseconds time);

}  // namespace mandel
