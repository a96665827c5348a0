// What every job needs around it: signals, sockets, the crew, and without --hosts a worker inside
// this process, reached through the same frames and the same link over inproc://. Together with
// main.cpp the only file of the master that knows the worker.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <zmq.hpp>

#include "common/net/wakeup.h"
#include "master/cli/options.h"
#include "master/crew/crew.h"

namespace mandel {

// From its making until the job is over signals are read, not suffered. Before and after, a name
// server or a full pipe may block, and Ctrl-C has to kill.
class Stage {
 public:
  Stage();
  ~Stage();

  // Starts and names the workers. No chunk may be larger than `chunk_bytes_max`; all counts are of
  // these semantics.
  Result<void> set(const Options& options, std::size_t chunk_bytes_max, std::string_view semantics);
  // Ends the process at once if a lane hangs; else returns the exit code.
  int leave(int exit_code);

  StopSignals& signals() { return signals_; }
  Crew& crew() { return *crew_; }  // once it is set

 private:
  class EmbeddedWorker;

  StopSignals signals_;
  zmq::context_t context_;
  std::unique_ptr<EmbeddedWorker> inside_;  // null: others are named
  std::optional<Crew> crew_;
};

}  // namespace mandel
