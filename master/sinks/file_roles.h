// Is each file of a run one file only? Two options that mean the same one would destroy it, after
// all the computing. Compared by device and inode, as names can't tell: a link, a second mount and
// "./a.png" are other names of the same file.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"

namespace mandel {

struct FileRole {
  enum class Use {
    kRead,
    kWritten,
    kStream,  // standard output or error, wherever the shell has directed it
  };

  std::string what;  // "--json"
  std::string path;  // need not be there
  Use use = Use::kWritten;
};

// Fails if a file that is written has another role as well. Pipes and devices are no such files.
Result<void> check_distinct(const std::vector<FileRole>& roles);

// Those of the streams that every program has.
std::vector<FileRole> stream_roles();

}  // namespace mandel
