// Explains a sweep: T = startup + a * chunks + b * bytes + c * work + d * dearest, fitted to every
// run. `work` is lane time over lanes, `dearest` the lane time of the run's dearest chunk, which
// the others may have to wait for at the end. In one sweep some of them hardly vary (bytes) or vary
// together, so a plain fit explodes: coefficients are not negative, since each is a cost, and c is
// held near 1 and d near 1/2 by a weak prior. What the data can't tell is said to be unknown.
//
// Sources: C. Lawson, R. Hanson, "Solving Least Squares Problems" (1974), chapter 23; A. Hoerl,
// R. Kennard, "Ridge Regression", Technometrics 12 (1970).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "master/sweep/figures.h"

namespace mandel {

// The order of coefficients: startup (ns), ns a chunk, ns a byte, and the shares c and d.
enum Term : std::size_t { kStartup, kChunks, kBytes, kWork, kDearest, kTerms };

using Regressors = std::array<double, kTerms>;

struct Coefficient {
  double value = 0;  // at least 0
  double error = 0;  // standard error; NaN: it is at its bound, 0, and the data can't tell
  // Whether it is known to better than itself.
  bool is_determined() const { return error < value; }
};

struct FittedPoint {
  std::uint32_t chunks = 0;
  double measured_ns = 0;  // median
  double predicted_ns = 0;
  double error() const { return predicted_ns / measured_ns - 1; }
  Regressors regressors = {};  // means over the point's runs
};

struct Fit {
  std::array<Coefficient, kTerms> coefficients;
  double rms_error = 0;             // of all runs, relative to their times
  std::vector<FittedPoint> points;  // by rising chunk count

  // In nanoseconds, for any count within the sweep's: what was measured at the neighbours,
  // interpolated as powers of the count.
  double predict_ns(std::uint32_t chunks) const;
  std::uint32_t best_chunks() const;
};

// Fails, with a sentence for the user, where there are too few chunk counts.
Result<Fit> fit(const Sweep& sweep);

// For the terminal: coefficients with errors and units, the points, the best count.
std::string fit_text(const Fit& fit);

}  // namespace mandel
