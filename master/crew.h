// All workers that a master was told to use, with their sessions. They outlive a job, so that a
// sweep's many jobs, or a job and the probe before it, run over the same connections.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include <zmq.hpp>

#include "master/host.h"

namespace mandel {

using Crew = std::vector<std::unique_ptr<Host>>;  // by MachineId

struct Target {
  std::string label;     // for people
  std::string endpoint;  // for ZeroMQ
  wire::Encoding encoding = wire::RAW_U32;
  std::string_view semantics = kExactF64;  // of all counts; a benchmark's are of the noop kernel
};

// Begins to dial all of them. No chunk of any job may be larger than `body_bytes_max`.
inline Crew dial(zmq::context_t& context, const std::vector<Target>& targets,
                 std::size_t body_bytes_max) {
  Crew crew;
  for (const Target& target : targets)
    crew.push_back(
        std::make_unique<Host>(context,
                               Host::Config{target.label, target.endpoint, target.encoding,
                                            body_bytes_max, target.semantics},
                               steady_now()));
  return crew;
}

}  // namespace mandel
