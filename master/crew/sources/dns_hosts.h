// --hosts dns:NAME: the workers are all addresses of a name, which is asked for again and again.
// The headless services of Kubernetes are such names. Asking blocks, so each question has a thread
// of its own, and nobody waits for it: the resolver is more patient than a user.
#pragma once

#include <memory>

#include "master/crew/sources/host_source.h"

namespace mandel {

class DnsHosts final : public HostSource {
 public:
  explicit DnsHosts(Address name);
  ~DnsHosts() override;

  std::optional<std::vector<Address>> poll(Nanoseconds now) override;
  Nanoseconds next_timer() const override;
  void watch(Sleeper& sleeper) override;
  bool has_begun() const override { return has_begun_; }
  std::string advice() const override;

 private:
  struct Mailbox;

  void ask();

  const Address name_;
  const std::shared_ptr<Mailbox> mailbox_;  // a question that is still open holds it, too
  std::vector<Address> known_;
  std::string problem_;
  Nanoseconds next_question_ = 0;
  bool is_asking_ = false;
  bool has_begun_ = false;
};

}  // namespace mandel
