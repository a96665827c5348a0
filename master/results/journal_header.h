// What a journal says of its job: all that another master needs to go on with it. A file of its own
// for the sake of those who describe a job and never touch a record.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/wire/job.h"
#include "master/chunks/chunking.h"
#include "master/results/store.h"

namespace mandel {

struct JournalHeader {
  std::uint64_t job_id = 0;  // not 0
  Job job;
  Opening opening = {};              // may be none
  std::uint32_t chunks = 1;          // without the opening's; 0: not known yet
  std::vector<std::string> outputs;  // absolute paths
  std::string colours;
  StorePlace store;
  std::string counts_sha256 = {};  // that must come out; empty: not known

  std::uint32_t chunks_known() const { return opening.chunks() + chunks; }
  bool operator==(const JournalHeader&) const = default;
};

}  // namespace mandel
