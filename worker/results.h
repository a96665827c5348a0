// Results that were sent, and that their master has not acknowledged yet. A session can break with
// finished work on its way (a cut cable, a master that crashes and is started again), and hours of
// computing must not depend on a socket. So a result is kept, apart from any session, until it is
// acknowledged; bounds and a time limit keep a master that never comes back from filling the
// memory. Pure state, no socket, no clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <vector>

#include "common/base/clock.h"
#include "common/wire/job.h"
#include "mandel.pb.h"
#include "worker/body.h"
#include "worker/task_key.h"

namespace mandel {

struct KeptResult {
  Job job;  // what the number in `head` stood for: a number alone is not believed
  std::uint32_t first_row = 0;
  std::uint32_t rows = 0;
  wire::Result head;
  Body body;

  ChunkKey key() const { return {head.job(), head.chunk()}; }
  std::size_t bytes() const { return body.bytes.size(); }
};

class KeptResults {
 public:
  struct Limits {
    std::size_t bytes = std::size_t{256} << 20;  // of bodies; beyond it the oldest go first
    std::size_t results = 4096;                  // however small they are
    Nanoseconds age = 600 * kSecond;
  };

  KeptResults() = default;
  explicit KeptResults(Limits limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  std::size_t count() const { return by_age_.size(); }
  std::size_t bytes() const { return bytes_; }

  // Replaces an earlier result of the same chunk.
  void keep(KeptResult result, Nanoseconds now);

  // The result of exactly these rows of exactly this job, or null. A result with the same key but
  // of other rows or another job is forgotten.
  const KeptResult* find(const ChunkKey& key, const Job& job, std::uint32_t first_row,
                         std::uint32_t rows);
  // All that is kept of the job, in the order of chunks. Valid until the next change.
  std::vector<const KeptResult*> of_job(std::uint64_t id, const Job& job) const;

  void forget(const ChunkKey& key);
  void forget_job(std::uint64_t id);
  void expire(Nanoseconds now);

 private:
  struct Entry {
    KeptResult result;
    Nanoseconds kept;
  };
  using ByAge = std::list<Entry>;  // oldest first
  using ByKey = std::map<ChunkKey, ByAge::iterator>;

  ByKey::iterator forget(ByKey::iterator it);
  void forget_oldest();

  Limits limits_;
  ByAge by_age_;
  ByKey by_key_;
  std::size_t bytes_ = 0;
};

}  // namespace mandel
