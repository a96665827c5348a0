// Which worker is right, when two differ, or when there is only one to ask? The reference kernel,
// or of true-count the oracle, computes a few pixels again, on a thread of its own, since the loop
// never computes. Where two differ, a pixel in which they differ decides. Of a single worker pixels
// are picked at random: that finds a broken core sooner or later, but not a single wrong pixel.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "common/net/wakeup.h"
#include "common/wire/job.h"
#include "kernels/kernel.h"
#include "master/chunks/ids.h"

namespace mandel {

// A stretch of pixels of one row, and what workers say they are.
struct AuditQuestion {
  struct Claim {
    WorkerId worker;
    std::vector<std::uint32_t> counts;
  };
  ChunkId chunk = 0;
  std::uint32_t row = 0;  // of the picture
  std::uint32_t first_column = 0;
  std::vector<Claim> claims;  // of equal lengths
};

struct AuditVerdict {
  ChunkId chunk = 0;
  std::vector<WorkerId> liars;
};

// One worker's counts of a whole chunk: rows of `columns`, the first being `first_row` of the
// picture.
struct ChunkClaim {
  WorkerId worker = kNobody;
  std::span<const std::uint32_t> counts;
};

// The most pixels of a question, which bound what it costs. The oracle takes up to seconds for one.
constexpr std::size_t stretch_max(const Job& job) {
  return std::holds_alternative<DeepView>(job.grid) ? 1 : 4096;
}

// A question that settles the claims: one or two, of equal sizes. If there is only one, `lot` picks
// the place.
AuditQuestion question_of(ChunkId chunk, std::uint32_t first_row, std::uint32_t columns,
                          std::span<const ChunkClaim> claims, std::uint64_t lot,
                          std::size_t stretch_max);

class Auditor {
 public:
  // Rings `done` with each verdict.
  Auditor(Job job, std::shared_ptr<const Axes> axes, Wakeup& done);
  // Does not wait for what is being computed.
  ~Auditor();

  void ask(AuditQuestion question);
  std::optional<AuditVerdict> take();

 private:
  void work(const std::stop_token& stop);
  bool compute(Kernel& reference, const AuditQuestion& question, std::span<std::uint32_t> truth,
               const std::stop_token& stop) const;

  const Job job_;
  const std::shared_ptr<const Axes> axes_;
  Wakeup& done_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::deque<AuditQuestion> questions_;
  std::deque<AuditVerdict> verdicts_;
  std::jthread thread_;
};

}  // namespace mandel
