// How much of the work is done, which is not how many rows: some cost a thousand times more than
// others. What rows cost that nobody has computed yet is guessed from their neighbours, as costs
// change slowly from row to row. Pure; the same bounded number of strips for any picture.
//
// The guess improves as the job goes on, and what is shown must not jump about: the share never
// falls (but where an audit takes chunks back), and the time left follows with some inertia.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/chunking.h"

namespace mandel {

class WorkEstimate {
 public:
  static constexpr std::uint32_t kStripsMax = 1024;

  WorkEstimate() = default;
  explicit WorkEstimate(std::uint32_t rows);

  // These rows are done, and cost so much, in any unit; by an earlier run, nobody knows how much.
  void done(const Band& band, double cost);
  void done_before(const Band& band);
  // They have to be done again.
  void undone(const Band& band);

  struct Shown {
    double done = 0;                    // share of the work
    std::optional<double> left_s = {};  // nothing: not known yet
  };
  // `at` rises from call to call.
  Shown show(Nanoseconds at);

 private:
  struct Strip {
    double rows = 0;        // in it
    double rows_known = 0;  // of them done, at a known cost
    double rows_before = 0;
    double cost = 0;  // of those
  };
  template <typename Take>
  void each_strip(const Band& band, Take take);

  std::uint32_t rows_ = 0;
  std::vector<Strip> strips_;
  double shown_ = 0;
  std::optional<double> ends_s_;  // expected, since the job began
  double last_s_ = 0;
};

}  // namespace mandel
