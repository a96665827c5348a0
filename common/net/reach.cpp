// See reach.h.
#include "common/net/reach.h"

#include <cerrno>
#include <cstring>
#include <fmt/format.h>

#include "common/net/tcp.h"

namespace mandel {
std::string why_not_dialled(const Address& numeric, int error) {
  switch (error) {
    case ECONNREFUSED:
      if (is_loopback(numeric))
        return "connection refused: start mandel-worker there, or check the port";
      return "connection refused: does mandel-worker there say that only its own machine can use "
             "it? "
             "Then it has no key: mandel-keygen --cluster lab, copy it, start again. Else start "
             "mandel-worker there, or check the port";
    case ETIMEDOUT:
      return "no answer: is the machine on, and does its firewall let this port in?";
    case EHOSTUNREACH:
    case ENETUNREACH:
      return "no route to it: check the address and the cable";
    case EMFILE:
    case ENFILE:
      return "this process has too many files open to try: ulimit -n raises its limit";
    default:
      return std::strerror(error);
  }
}

const char* why_unlike(bool with_keys) {
  return with_keys ? "it speaks without keys: was it started with --insecure?"
                   : "it speaks with keys only, and here they are off: by --insecure, or on a "
                     "loopback address for want of a key";
}

std::string why_not_spoken_to(const Greeting& greeting, bool with_keys) {
  switch (greeting.kind) {
    case Greeting::Kind::kSilent:
      return "it accepts connections and says nothing: a mandel-worker that hangs or was stopped, "
             "or another service";
    case Greeting::Kind::kHungUp:
      return "it hangs up without a word: another service, or one that has too many connections";
    case Greeting::Kind::kForeign:
      return fmt::format("it is no mandel-worker, it says \"{}\": is the port right?",
                         greeting.text);
    case Greeting::Kind::kZmtp:
      break;
  }
  const bool has_keys = greeting.text == kMechanismOfKeys;
  if (has_keys != with_keys) return why_unlike(with_keys);
  return "it is there, but had not answered the greeting by then";
}

std::string diagnose(const Address& numeric, bool with_keys, int timeout_ms) {
  auto connection = TcpConnection::dial(numeric, timeout_ms);
  if (!connection) return why_not_dialled(numeric, connection.error());
  const auto said = connection->ask(greeting_question(), kGreetingBytes, timeout_ms);
  return why_not_spoken_to(greeting_of(said), with_keys);
}

}  // namespace mandel
