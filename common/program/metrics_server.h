// The few lines of HTTP that Prometheus needs: GET /metrics, one connection at a time, on a thread
// of its own that no loop ever waits for. It reads at most a few kilobytes of request for at most a
// second, so that a client can hold up nothing but other readers of metrics.
#pragma once

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
  MetricsServer(int listener, Address address, const Metrics& metrics);
  void serve();
  void answer(int connection) const;

  const int listener_;
  const Address address_;
  const Metrics& metrics_;
  Wakeup stop_;
  std::thread thread_;
};

}  // namespace mandel
