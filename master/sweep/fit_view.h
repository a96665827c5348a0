// What a report shows of a fitted model, whatever model it is: names, numbers, a curve. The report
// needs nothing of the fit itself, and the fit nothing of the report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mandel {

struct FitCoefficient {
  std::string name;
  double value = 0;
  double error = 0;  // standard error, in the same unit
  std::string unit;
};

struct FitPoint {
  std::uint32_t chunks = 0;
  double wall_s = 0;  // predicted
};

struct FitView {
  std::vector<FitCoefficient> coefficients;
  std::vector<FitPoint> points;  // at the chunk counts that were measured
  std::vector<FitPoint> curve;   // as many as make it smooth, by rising chunk count
  std::uint32_t best_chunks = 0;
};

}  // namespace mandel
