// See gate.h. Source: https://rfc.zeromq.org/spec/27/
#include "common/keys/gate.h"

#include <array>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <string>
#include <utility>
#include <vector>
#include <zmq_addon.hpp>

#include "common/base/peer_log.h"
#include "common/net/address.h"

namespace mandel {
namespace {

constexpr const char* kEndpoint = "inproc://zeromq.zap.01";

// A request's frames.
enum : std::size_t {
  kVersionFrame,
  kRequestFrame,
  kDomainFrame,
  kAddressFrame,
  kRoutingIdFrame,
  kMechanismFrame,
  kKeyFrame,
  kFrames
};

// Empty if it is no CURVE client that asks.
std::string key_in(const std::vector<zmq::message_t>& question) {
  if (question.size() != kFrames || question[kMechanismFrame].to_string_view() != "CURVE")
    return "";
  const zmq::message_t& binary = question[kKeyFrame];
  std::array<char, kKeyLength + 1> text{};
  if (binary.size() != 32 ||
      zmq_z85_encode(text.data(), binary.data<std::uint8_t>(), binary.size()) == nullptr)
    return "";
  return {text.data(), kKeyLength};
}

}  // namespace

Gate::Gate(zmq::context_t& context, KeyRing ring)
    : socket_(context, zmq::socket_type::rep), readiness_(socket_), ring_(std::move(ring)) {
  socket_.set(zmq::sockopt::linger, 0);
  socket_.bind(kEndpoint);
  log_list();
}

std::size_t Gate::answer() {
  std::size_t refused = 0;
  for (;;) {
    std::vector<zmq::message_t> question;
    if (!receive(question)) return refused;
    const std::string key = key_in(question);
    const bool is_admitted = admits(key);
    if (!is_admitted) {
      ++refused;
      complain(unmapped(question[kAddressFrame].to_string_view()), key);
    }
    // The key becomes the peer's User-Id, by which its messages are told. 400 rather than 300: it
    // is the caller's own business when it tries again.
    zmq::multipart_t reply;
    reply.addstr("1.0");
    reply.addstr(question[kRequestFrame].to_string());
    reply.addstr(is_admitted ? "200" : "400");
    reply.addstr("");
    reply.addstr(is_admitted ? key : "");
    reply.addstr("");
    reply.send(socket_);
    readiness_.touched();
  }
}

bool Gate::receive(std::vector<zmq::message_t>& question) {
  if (!readiness_.may_have_more()) return false;
  try {
    if (zmq::recv_multipart(socket_, std::back_inserter(question), zmq::recv_flags::dontwait)) {
      MANDEL_ASSERT(question.size() > kMechanismFrame);  // libzmq asks, not a peer
      return true;
    }
    readiness_.found_nothing();
  } catch (const zmq::error_t& error) {
    if (error.num() != EINTR) throw;
  }
  return false;
}

void Gate::complain(const std::string& address, const std::string& key) const {
  log_of_peer(PeerLine::kWarning, "",
              fmt::format("refused {}: its key {} is not in {}", address, short_fingerprint(key),
                          ring_.others().path()));
}

void Gate::refresh() {
  if (ring_.refresh()) log_list();
}

void Gate::log_list() const {
  const TrustFile& file = ring_.others();
  for (const std::string& problem : file.list().problems)
    spdlog::warn("{}: {}", file.path(), problem);
  if (ring_.trusts_nobody())
    spdlog::warn("{} names nobody: nobody is admitted", file.path());
  else
    spdlog::info("admitted keys in {}: {}", file.path(), file.list().entries.size());
}

}  // namespace mandel
