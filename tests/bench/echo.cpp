// See echo.h.
#include "tests/bench/echo.h"

#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>
#include <zmq.hpp>

#include "common/program/streams.h"
#include "common/wire/link.h"

namespace mandel {
namespace {

constexpr int kQueueMax = 5000;               // like a worker's, which never comes near it
constexpr std::chrono::seconds kSilence{10};  // of all workers: something is broken

zmq::message_t body_of(const EchoReply& reply, std::vector<std::byte>& counts) {
  if (reply.is_copied) return {counts.data(), counts.size()};
  return {counts.data(), counts.size(), [](void*, void*) {}, nullptr};
}

std::optional<KeyPair> key_in(const std::string& file) {
  if (file.empty()) return std::nullopt;
  const auto pair = read_key_pair(file);
  if (!pair) throw std::runtime_error(pair.error().what);
  return *pair;
}

// One connection to a worker, and what is under way on it.
class EchoLink {
 public:
  EchoLink(zmq::context_t& context, const std::string& endpoint, const EchoLoad& load)
      : load_(load),
        socket_(dialling_socket(context, MasterSide{load.reply.body_bytes}, false)),
        task_(load.task_bytes) {
    if (const auto key = key_in(load.reply.key_file)) secure(socket_, Curve{*key, key->public_key});
    socket_.connect(endpoint);
  }

  zmq::pollitem_t poll_item() { return {socket_.handle(), 0, ZMQ_POLLIN, 0}; }
  void send() { socket_.send(zmq::buffer(task_), zmq::send_flags::dontwait); }

  bool receive() {
    zmq::message_t head;
    if (!socket_.recv(head, zmq::recv_flags::dontwait)) return false;
    zmq::message_t body;
    (void)socket_.recv(body, zmq::recv_flags::none);
    if (head.size() != load_.reply.head_bytes || body.size() != load_.reply.body_bytes)
      throw std::runtime_error("an echo of the wrong size");
    return true;
  }

 private:
  const EchoLoad& load_;
  zmq::socket_t socket_;
  std::vector<std::byte> task_;
};

}  // namespace

void serve_echo(const EchoReply& reply) {
  zmq::context_t context;
  zmq::socket_t socket = listening_socket(context, WorkerSide{kQueueMax}, false);
  if (const auto key = key_in(reply.key_file)) {
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_secretkey, key->secret_key);
  }
  socket.bind("tcp://127.0.0.1:*");
  const std::string endpoint = socket.get(zmq::sockopt::last_endpoint);
  print_result(fmt::format("echo listens on {} \n", endpoint.substr(std::strlen("tcp://"))));
  const std::vector<std::byte> head(reply.head_bytes);
  std::vector<std::byte> counts(reply.body_bytes);
  for (;;) {
    zmq::message_t peer;
    zmq::message_t task;
    (void)socket.recv(peer, zmq::recv_flags::none);
    (void)socket.recv(task, zmq::recv_flags::none);
    socket.send(peer, zmq::send_flags::dontwait | zmq::send_flags::sndmore);
    socket.send(zmq::buffer(head), zmq::send_flags::dontwait | zmq::send_flags::sndmore);
    socket.send(body_of(reply, counts), zmq::send_flags::dontwait);
  }
}

void run_echo(const std::vector<std::string>& endpoints, const EchoLoad& load) {
  zmq::context_t context;
  std::vector<EchoLink> links;
  links.reserve(endpoints.size());
  std::vector<zmq::pollitem_t> items;
  for (const std::string& endpoint : endpoints)
    items.push_back(links.emplace_back(context, endpoint, load).poll_item());
  std::uint32_t sent = 0;
  for (EchoLink& link : links)
    for (std::uint32_t n = 0; n < load.credit && sent < load.tasks; ++n, ++sent) link.send();
  for (std::uint32_t done = 0; done < load.tasks;) {
    if (zmq::poll(items, kSilence) == 0) throw std::runtime_error("the echoes fell silent");
    for (EchoLink& link : links) {
      while (link.receive()) {
        ++done;
        if (sent == load.tasks) continue;
        link.send();
        ++sent;
      }
    }
  }
}

}  // namespace mandel
