// See default_listening.h.
#include "worker/default_listening.h"

#include <fmt/format.h>

namespace mandel {

DefaultListening default_listening(const Credentials& credentials, bool has_ipv6) {
  const auto here_only = [](const std::string& why) {
    return DefaultListening{.address = {"127.0.0.1", kDefaultPort},
                            .remark = "only this machine can use it: " + why};
  };
  if (credentials.is_insecure)
    return here_only(
        fmt::format("--insecure; with --listen 0.0.0.0:{} besides, everybody on the network can",
                    kDefaultPort));
  const std::string& folder = credentials.folder;
  if (!KeyRing::has_key(folder))
    return here_only(
        fmt::format("no key in {}; mandel-keygen --cluster lab makes one, copy it there on every "
                    "machine, and start again",
                    folder));
  auto keys = KeyRing::open(folder, credentials.role);
  if (!keys) return here_only(keys.error().what + "; then start again");
  return {
      .address = {has_ipv6 ? "::" : "0.0.0.0", kDefaultPort},
      .keys = *std::move(keys),
      .remark = fmt::format("other machines can use it, encrypted: there is a key in {}", folder)};
}

std::string in_words(const Address& listening) {
  if (listening.host != "::") return listening.text();
  return fmt::format("0.0.0.0:{0} and [::]:{0}", listening.port);
}

}  // namespace mandel
