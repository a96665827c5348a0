// Commands as a shell starts them: with streams that are closed, full or stalled, with limits, in
// folders that vanish. What the shell itself does is not what is tested.
#pragma once

#include <fmt/format.h>
#include <string>

#include "process.h"

namespace mandel::e2e {

// Runs `script`, in which $m, $w and $keygen are the programs, to its end.
struct ShellRun {
  int status = -1;
  std::string out;
  std::string err;
};

inline std::string with_programs(const std::string& script) {
  return fmt::format("m={} w={} keygen={}\n{}", MANDEL_MASTER, MANDEL_WORKER, MANDEL_KEYGEN,
                     script);
}

inline Process start_shell(const std::string& script) {
  return Process({"/bin/bash", "-c", with_programs(script)});
}

inline ShellRun shell(const std::string& script) {
  Process process = start_shell(script);
  const int status = process.wait().value_or(-1);
  return {status, process.out(), process.err()};
}

}  // namespace mandel::e2e
