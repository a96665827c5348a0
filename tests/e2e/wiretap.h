// Somebody on the network between a master and a worker: passes on what both say, keeps a copy of
// what the master said, and can change it. One connection after the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>

namespace mandel::e2e {

// Opens a connection from this thread's network; -1 if nobody listens there.
int connect_to(const std::string& host, std::uint16_t port);

class Wiretap {
 public:
  // Listens at `host` in this thread's network and passes everything on to `to_host`:`to_port`.
  Wiretap(const std::string& host, const std::string& to_host, std::uint16_t to_port);
  ~Wiretap();

  std::uint16_t port() const { return port_; }
  // What masters said so far, all connections together.
  std::string heard() const;
  // Changes one bit of the first connection, in the byte of this number that the worker says.
  void flip_at(std::size_t byte) { flip_at_ = byte; }
  int connections() const { return connections_; }

 private:
  void serve(std::stop_token stop);
  void pass_on(int master, int worker, std::stop_token stop);

  const std::string to_host_;
  const std::uint16_t to_port_;
  int listener_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::string heard_;
  std::atomic<std::size_t> flip_at_ = SIZE_MAX;
  std::atomic<int> connections_ = 0;
  std::jthread thread_;
};

}  // namespace mandel::e2e
