// A web server for the programs' own pages: short answers, and streams of server-sent events, on
// one thread that no loop ever waits for. Boost.Beast speaks HTTP, and only server.cpp knows: its
// headers take seconds to compile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/http/guard.h"
#include "common/http/message.h"
#include "common/net/address.h"

namespace mandel {

class HttpServer {
 public:
  struct Config {
    std::string option;  // "--live", for errors
    std::string text;    // HOST:PORT as the user gave it; port 0: any free one
    std::optional<std::uint16_t> default_port = {};  // nothing: the text must name one
    Guard guard = {};
    // The guard's, unless the address is for this machine alone; empty: none.
    std::string token_for_others = {};
    HttpHandler handler;  // what it reads must outlive the server
  };

  // Listens on exactly this address. The error names option and text.
  static Result<std::unique_ptr<HttpServer>> start(Config config);
  // At once, whoever is still served.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // With the port that was picked.
  const Address& address() const;
  // For a browser: the host as it was given, and the token, if there is one.
  std::string url() const;
  // From any thread: streams ask for their next event. Costs nothing while there are none.
  void notify();
  // How many streams are open now? From any thread.
  std::size_t streams() const;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace mandel
