// What --hosts and --hosts-file say of the workers to use, taken apart; and made into the sources
// that the crew asks.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "master/host_source.h"

namespace mandel {

struct WantedHosts {
  std::vector<Address> fixed;  // in words or expressions
  std::vector<Address> names;  // dns:NAME, all addresses of each
  std::string file;            // --hosts-file; empty: none

  // Is nobody named at all? Then a worker inside the master computes.
  bool empty() const { return fixed.empty() && names.empty() && file.empty(); }
};

// The text of --hosts: HOST[:PORT], expressions and dns:NAME[:PORT], with commas between.
Result<WantedHosts> parse_hosts(std::string_view text);

// The error says what is wrong with the file.
Result<std::vector<std::unique_ptr<HostSource>>> sources_of(const WantedHosts& wanted);

}  // namespace mandel
