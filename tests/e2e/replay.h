// Handshakes as they went over the wire, byte by byte, said again by no program of ours: what
// today's binaries do with peers of other releases must not be tested with peers that today's code
// made.
#pragma once

#include <string>
#include <thread>

#include "common/wire/wire.h"

namespace mandel::e2e {

// Recorded of mandel 0.1.0: ZMTP's greeting and READY, of a master's socket and of a worker's.
std::string master_handshake();
std::string worker_handshake();
// Recorded too: the messages behind them, as ZMTP frames.
std::string hello_of_protocol_2();    // before the fields that came with doctor
std::string welcome_of_protocol_2();  // likewise
// Protocol 1's, written with its own schema.
std::string hello_of_protocol_1();
std::string welcome_of_protocol_1();
std::string refusal_of_protocol_1();  // to a master that speaks 2

std::string frame_of(const std::string& bytes);  // of less than 256 bytes

// Says `hello` to the worker, behind the recorded handshake, and returns its answer.
wire::Envelope answer_to(const std::string& hello, const std::string& address);

// A port where everyone who connects is told `first`, and `second` once they have shaken hands.
class ReplayedService {
 public:
  explicit ReplayedService(std::string first, std::string second = "", bool hangs_up = false);
  ~ReplayedService();
  const std::string& address() const { return address_; }

 private:
  void serve();

  const std::string first_;
  const std::string second_;
  const bool hangs_up_;
  int listener_ = -1;
  std::string address_;
  std::jthread thread_;
};

}  // namespace mandel::e2e
