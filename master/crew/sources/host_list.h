// What --hosts and --hosts-file say of the workers to use, taken apart; and made into the sources
// that the crew asks.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "master/crew/sources/host_source.h"

namespace mandel {

struct HostList {
  std::vector<Address> fixed;             // in words or expressions
  std::vector<Address> names;             // dns:NAME, all addresses of each
  std::optional<std::uint16_t> lan_port;  // auto: all that answer on it in the local networks
  std::string file;                       // --hosts-file; empty: none

  // Is nobody named at all? Then a worker inside the master computes.
  bool empty() const { return fixed.empty() && names.empty() && !lan_port && file.empty(); }
};

// The text of --hosts: HOST[:PORT], expressions, dns:NAME[:PORT] and auto[:PORT], with commas
// between.
Result<HostList> parse_host_list(std::string_view text);

// The error says what is wrong with the file, or why the network can't be asked.
Result<std::vector<std::unique_ptr<HostSource>>> sources_of(const HostList& list);

}  // namespace mandel
