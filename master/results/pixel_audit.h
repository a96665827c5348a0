// Are the counts of a true-count job true? While workers compute, pixels picked at random are
// computed here by the oracle (kernels/deep/oracle.h), on a thread of its own. It is the one audit
// that a bug shared by all machines does not survive: the oracle shares no shortcut with them. Not
// part of Auditor, which settles what two workers say and knows nothing of the picture as a whole.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "kernels/deep/view.h"
#include "master/sinks/sink.h"

namespace mandel {

inline constexpr std::uint32_t kAuditPixelsMax = 100'000;

class PixelAudit {
 public:
  struct Config {
    DeepView view;
    std::uint32_t max_iter = 0;
    // At most kAuditPixelsMax. Nothing: one, and more while a second of CPU lasts and the job does.
    std::optional<std::uint32_t> pixels = {};
    std::uint64_t lot = 0;  // picks them
  };

  explicit PixelAudit(Config config);
  // Does not wait for what is being computed.
  ~PixelAudit();

  // Whose counts these rows have, for the message.
  void computed_by(std::uint32_t first_row, std::uint32_t rows, std::string worker);
  // The picture's counts, in order. An error if one is known to be wrong; it says all.
  Result<void> take(std::span<const std::uint32_t> counts);
  // All counts were taken, or never will be: waits for what the oracle still has to do. False if
  // `is_called_off`, which is asked now and then, ended that.
  bool finish(const std::function<bool()>& is_called_off);

  // An error if a count is known to be wrong; all is known after finish().
  Result<void> verdict() const;
  // Pixels that both have counted, so far.
  std::uint32_t compared() const;

 private:
  struct Pixel {
    std::optional<std::uint32_t> truth;
    std::optional<std::uint32_t> claim;
  };
  struct Rows {
    std::uint32_t rows;
    std::string worker;
  };

  void work(const std::stop_token& stop);
  bool wants_more(std::uint32_t asked) const;
  std::string describe(std::uint64_t place, const Pixel& pixel) const;

  const Config config_;
  std::vector<std::uint64_t> order_;  // places in the picture, row by row, as they are asked
  mutable std::mutex mutex_;
  std::condition_variable ended_;
  std::map<std::uint64_t, Pixel> pixels_;  // by place
  std::map<std::uint32_t, Rows> workers_;  // by first row
  std::uint64_t taken_ = 0;                // pixels of the picture
  std::atomic<bool> is_hurried_ = false;
  bool has_ended_ = false;
  std::jthread thread_;
};

// No file: has the audit see what the sinks get. Before the others, so that none of them is
// completed if a count is wrong. `audit` must outlive it.
std::unique_ptr<Sink> audit_sink(PixelAudit& audit);

}  // namespace mandel
