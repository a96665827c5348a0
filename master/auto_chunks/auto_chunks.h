// `--chunks auto` at work, between the run, which has the results, and estimate.h, which has the
// arithmetic. It looks at the picture before the job, watches how the chunks of its opening go, and
// says how to cut the rest as soon as that can be told.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/wire/job.h"
#include "master/auto_chunks/estimate.h"
#include "master/crew/crew.h"
#include "master/stats/timing.h"

namespace mandel {

class AutoChunks {
 public:
  // `otherwise`: how many chunks there are if the picture has no opening, or if nothing can be
  // learnt of it. The crew has been gathered, and outlives this, as the axes do.
  AutoChunks(const Crew& crew, const Job& job, const Axes& axes, std::uint32_t otherwise);

  // What the job begins with.
  const Opening& opening() const { return opening_; }
  Chunking chunking() const;

  // A result that came.
  void take(const ChunkTimes& times);
  // How many chunks the rest shall be. Nothing if it is too early to tell; with `must` there is
  // always an answer.
  std::optional<std::uint32_t> choose_rest(bool must);
  // Why it chose what it did, as a sentence without a full stop.
  const std::string& reason() const { return reason_; }

 private:
  bool is_ripe() const;
  Estimate estimate() const;

  std::uint32_t rows() const { return static_cast<std::uint32_t>(axes_.ys.size()); }
  std::uint32_t columns() const { return static_cast<std::uint32_t>(axes_.xs.size()); }

  const Crew& crew_;
  const Axes& axes_;
  const std::uint32_t otherwise_;
  const std::vector<double> row_costs_;
  Opening opening_;
  std::vector<Probe> probes_;
  bool has_chosen_ = false;
  std::string reason_;
};

}  // namespace mandel
