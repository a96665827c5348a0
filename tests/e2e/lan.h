// Two hosts, the master's and a desk's, and the cable between them, all on this machine: a network
// namespace each, joined by bad-cable. The namespaces have no names and so cannot collide: tests
// may run at once, all with the same addresses, and nothing is left when the last process is gone.
#pragma once

#include <optional>
#include <string>

#include "process.h"

namespace mandel::e2e {

// A network namespace, for as long as this or a process in it lives.
class Netns {
 public:
  Netns();
  // Its 127.0.0.1 and ::1 are up.
  static Netns with_loopback();
  ~Netns();
  Netns(Netns&& other) noexcept;
  Netns& operator=(Netns&& other) noexcept;

  // The file by which another process finds it.
  std::string path() const;

  // While it lives, what this thread starts lives in that network.
  class Visit {
   public:
    explicit Visit(const Netns& network);
    ~Visit();
    Visit(const Visit&) = delete;
    Visit& operator=(const Visit&) = delete;

   private:
    int home_;
  };

 private:
  int netns_ = -1;
};

class Lan {
 public:
  static constexpr const char* kMasterAddress = "10.77.0.1";
  static constexpr const char* kDeskAddress = "10.77.0.2";

  // Of each way of the cable.
  struct Quality {
    double delay_ms = 0;
    double loss_percent = 0;
    double rate_mbit = 0;  // 0: no limit
  };
  enum class Way { kToDesk, kFromDesk };

  // Why there can't be one on this machine; empty if there can.
  static std::string obstacle();

  Lan() : Lan(Quality{}) {}
  explicit Lan(Quality quality);

  // Calls `start` such that the processes it starts run on that host.
  template <typename Start>
  auto on_master(Start start) const {
    const Netns::Visit visit(master_);
    return start();
  }
  template <typename Start>
  auto on_desk(Start start) const {
    const Netns::Visit visit(desk_);
    return start();
  }

  // Frames vanish, and nobody is told.
  void cut(Way way) const;
  void cut() const;
  void mend() const;

  // The desk's machine is gone without a word, its connections with it, and an empty one has its
  // address. What ran on the old one can reach nobody any more.
  void replace_desk();

 private:
  Process plug_in() const;

  const Quality quality_;
  const Netns master_;
  Netns desk_;
  std::optional<Process> cable_;
};

}  // namespace mandel::e2e
