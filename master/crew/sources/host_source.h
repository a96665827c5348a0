// One way to say which workers are wanted: a list, a file, a name with many addresses, the local
// network. Sources are polled by the loop that uses the workers, since they change during a job.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/net/address.h"
#include "common/net/sleeper.h"

namespace mandel {

class HostSource {
 public:
  virtual ~HostSource() = default;

  // All addresses that it wants from now on; nothing if they are those that it said last. Never
  // blocks.
  virtual std::optional<std::vector<Address>> poll(Nanoseconds now) = 0;
  // When poll() has something to do even if nothing becomes readable.
  virtual Nanoseconds next_timer() const = 0;
  virtual void watch(Sleeper&) {}
  // Has it said all that it knows at first?
  virtual bool has_begun() const = 0;
  // May it say anything else later?
  virtual bool may_change() const { return true; }
  // What to do if no worker could be used, a sentence; may be empty.
  virtual std::string advice() const { return ""; }
};

// Those on the command line.
class FixedHosts final : public HostSource {
 public:
  explicit FixedHosts(std::vector<Address> addresses) : addresses_(std::move(addresses)) {}
  std::optional<std::vector<Address>> poll(Nanoseconds) override {
    return std::exchange(addresses_, std::nullopt);
  }
  Nanoseconds next_timer() const override { return INT64_MAX; }
  bool has_begun() const override { return !addresses_; }
  bool may_change() const override { return false; }

 private:
  std::optional<std::vector<Address>> addresses_;
};

}  // namespace mandel
