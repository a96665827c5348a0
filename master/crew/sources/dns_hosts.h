// --hosts dns:NAME: the workers are all addresses of a name, which is asked for again and again.
// The headless services of Kubernetes are such names. Nobody waits for an answer: the resolver is
// more patient than a user.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/net/resolver.h"
#include "master/crew/sources/host_source.h"

namespace mandel {

class DnsHosts final : public HostSource {
 public:
  explicit DnsHosts(Address name) : name_(std::move(name)) {}

  std::optional<std::vector<Address>> poll(Nanoseconds now) override;
  Nanoseconds next_timer() const override { return due_; }
  void watch(Sleeper& sleeper) override { resolver_.watch(sleeper); }
  bool has_begun() const override { return has_begun_; }
  std::string advice() const override;

 private:
  void complain(const std::string& problem);

  const Address name_;
  Resolver resolver_;
  std::optional<Resolver::Asked> asked_;
  std::vector<Address> known_;
  std::string problem_;
  Nanoseconds due_ = 0;  // the next question, or impatience with the one that is asked
  bool has_begun_ = false;
};

}  // namespace mandel
