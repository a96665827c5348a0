// Tells systemd what it wants to hear of a service of Type=notify: that it serves, that it stops,
// that its loop still turns. Written here, since each is one datagram: libsystemd, and the five
// libraries that it needs, would be loaded at every start of a worker, and systemd watches few.
#pragma once

#include <string>

#include "common/base/clock.h"

namespace mandel {

class ServiceManager {
 public:
  // As $NOTIFY_SOCKET and $WATCHDOG_USEC have it; where they are not set nothing is ever said.
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  // `status` is a line for `systemctl status`.
  void ready(const std::string& status);
  void stopping(const std::string& status);
  // To be called every time round the loop; passes it on four times in each period of the watchdog.
  void alive(Nanoseconds now);

 private:
  void say(const std::string& state) const;

  int socket_ = -1;
  Nanoseconds watchdog_period_ = 0;  // 0: no watchdog
  Nanoseconds next_sign_ = 0;
};

}  // namespace mandel
