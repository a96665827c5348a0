// The few lines of HTTP that Prometheus needs: GET and HEAD of /metrics, on a thread of its own
// that no loop ever waits for. It serves some connections at once, each for a few kilobytes of
// request and a second, so that those who connect and say nothing keep no reader waiting.
#pragma once

#include <list>
#include <memory>
#include <string>
#include <thread>

#include "common/net/address.h"
#include "common/net/wakeup.h"
#include "common/program/metrics.h"

namespace mandel {

class MetricsServer {
 public:
  // Listens on exactly this address. `text` is HOST:PORT as --metrics has it, port 0 for any free
  // one; the error names the option. `metrics`, and what its readers read, must outlive the server.
  static Result<std::unique_ptr<MetricsServer>> start(const std::string& text,
                                                      const Metrics& metrics);
  // The same, and its address is logged; null if `text` is empty.
  static Result<std::unique_ptr<MetricsServer>> start_if_wanted(const std::string& text,
                                                                const Metrics& metrics);
  ~MetricsServer();
  MetricsServer(const MetricsServer&) = delete;
  MetricsServer& operator=(const MetricsServer&) = delete;

  // With the port that was picked.
  const Address& address() const { return address_; }

 private:
  class Client;

  MetricsServer(int listener, Address address, const Metrics& metrics);
  void serve();
  void let_in(std::list<Client>& clients) const;

  const int listener_;
  const Address address_;
  const Metrics& metrics_;
  Wakeup stop_;
  std::thread thread_;
};

}  // namespace mandel
