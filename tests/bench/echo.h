// The least that ZeroMQ can do for a master and its workers: the same sockets with the same
// options, messages of the same sizes at the same credit, and nothing around them. No protobuf, no
// hash, no session, no lane, no plan. What mandel takes more than this is its own cost.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace mandel {

struct EchoReply {
  std::size_t head_bytes = 0;
  std::size_t body_bytes = 0;
  bool is_copied = false;  // the body, once, as if from where it was computed; else sent from there
  std::string key_file = {};  // of the key that both sides have; empty: plain
};

// A worker: answers each message on a port that it says on stdout, until the process is killed.
[[noreturn]] void serve_echo(const EchoReply& reply);

struct EchoLoad {
  std::uint32_t tasks = 0;
  std::uint32_t credit = 1;    // tasks that each worker has at once
  std::size_t task_bytes = 0;  // of one
  EchoReply reply;
};

// A master: dials the workers, gives them all tasks and takes the replies, whose sizes it checks.
// Throws std::runtime_error if one is wrong.
void run_echo(const std::vector<std::string>& endpoints, const EchoLoad& load);

}  // namespace mandel
