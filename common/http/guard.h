// Who may ask a web server of ours for what? Any site can make its visitor's browser ask us, across
// origins or by a name of its own that leads to this machine (DNS rebinding). So every request is
// judged by its head, before anybody looks at what it asks for. Binding to loopback alone does not
// help: the browser is on loopback, too.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/http/message.h"
#include "common/net/address.h"

namespace mandel {

// Of a request's head, what is judged. What is not there is empty.
struct HttpHead {
  std::string_view method = {};
  std::string_view target = {};
  std::string_view host = {};
  std::string_view origin = {};
  std::string_view cookies = {};
};

struct Guard {
  // Whoever has it may ask: first as ?token=..., which is answered by a cookie. Empty: everybody.
  std::string token = {};
  // Not only numeric ones, localhost and the one of the command line.
  bool allows_any_host = false;
  // As on the command line, but with the port that was picked. The server fills it in.
  Address named = {};

  // The answer to a request that is not let in.
  std::optional<HttpResponse> turn_away(const HttpHead& head) const;
};

// 128 bits that nobody can guess, in hex.
std::string random_token();

}  // namespace mandel
