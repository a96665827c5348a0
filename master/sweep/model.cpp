// See model.h.
#include "master/sweep/model.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <fmt/format.h>
#include <limits>
#include <optional>

namespace mandel {
namespace {

constexpr std::size_t kPointsMin = 5;
// A deviation by one of these costs as much as being 1 % off in one run.
constexpr double kWorkPrior = 1, kWorkSlack = 0.1;
constexpr double kDearestPrior = 0.5, kDearestSlack = 0.5;
constexpr double kPriorError = 0.01;
constexpr double kPivotMin = 1e-10;  // below, columns that are scaled to 1 count as dependent

using Matrix = std::array<Regressors, kTerms>;

Regressors regressors_of(const RunFigures& run, std::uint32_t chunks, std::uint32_t lanes) {
  Nanoseconds dearest = 0;
  for (const ChunkTimes& chunk : run.chunks) {
    Nanoseconds longest = chunk.spans.empty() ? chunk.computed_ns + chunk.encoded_ns : 0;
    for (const LaneSpan& span : chunk.spans)
      longest = std::max(longest, span.computed_ns + span.encoded_ns);
    dearest = std::max(dearest, longest);
  }
  const auto work = static_cast<double>(run.split.computing_ns + run.split.encoding_ns);
  return {1, static_cast<double>(chunks), static_cast<double>(run.bytes()), work / lanes,
          static_cast<double>(dearest)};
}

double dot(const Regressors& a, const Regressors& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kTerms; ++k) sum += a[k] * b[k];
  return sum;
}

// The normal equations of rows that are weighted already.
struct Equations {
  Matrix gram = {};
  Regressors right = {};

  void add(const Regressors& row, double target) {
    for (std::size_t i = 0; i < kTerms; ++i) {
      right[i] += row[i] * target;
      for (std::size_t j = 0; j < kTerms; ++j) gram[i][j] += row[i] * row[j];
    }
  }
};

// The inverse of the Gram matrix's part where `support` has a bit; 0 elsewhere. Nothing if columns
// of it depend on each other. Gauss-Jordan on columns of length 1.
std::optional<Matrix> inverse(const Matrix& gram, unsigned support) {
  Matrix left = {}, inverse = {};
  Regressors scale = {};
  const auto has = [&](std::size_t k) { return (support >> k & 1) != 0; };
  for (std::size_t k = 0; k < kTerms; ++k)
    scale[k] = gram[k][k] > 0 ? 1 / std::sqrt(gram[k][k]) : 0;
  for (std::size_t i = 0; i < kTerms; ++i) {
    inverse[i][i] = 1;
    for (std::size_t j = 0; j < kTerms; ++j)
      left[i][j] = has(i) && has(j) ? gram[i][j] * scale[i] * scale[j] : i == j ? 1 : 0;
  }
  for (std::size_t k = 0; k < kTerms; ++k) {
    const double pivot = left[k][k];
    if (pivot < kPivotMin) return std::nullopt;
    for (std::size_t j = 0; j < kTerms; ++j) left[k][j] /= pivot, inverse[k][j] /= pivot;
    for (std::size_t i = 0; i < kTerms; ++i) {
      const double factor = left[i][k];
      if (i == k || factor == 0) continue;
      for (std::size_t j = 0; j < kTerms; ++j) {
        left[i][j] -= factor * left[k][j];
        inverse[i][j] -= factor * inverse[k][j];
      }
    }
  }
  for (std::size_t i = 0; i < kTerms; ++i)
    for (std::size_t j = 0; j < kTerms; ++j)
      inverse[i][j] = has(i) && has(j) ? inverse[i][j] * scale[i] * scale[j] : 0;
  return inverse;
}

struct Solution {
  Regressors values = {};
  Matrix covariance = {};  // apart from the variance of a residual
  unsigned support = 0;
  double cost = std::numeric_limits<double>::infinity();  // less the targets' own squares
};

// Least squares without negative values. The best of them is the free one on its own support, and
// of 5 terms there are only 31 supports: all are tried.
Solution solve(const Equations& equations) {
  Solution best;
  for (unsigned support = 1; support < 1u << kTerms; ++support) {
    const auto covariance = inverse(equations.gram, support);
    if (!covariance) continue;
    Regressors values = {};
    for (std::size_t k = 0; k < kTerms; ++k) values[k] = dot((*covariance)[k], equations.right);
    const double cost = -dot(values, equations.right);
    if (std::ranges::min(values) >= 0 && cost < best.cost)
      best = {values, *covariance, support, cost};
  }
  return best;
}

double interpolated(double from, double to, double share) {
  if (from <= 0 || to <= 0) return from + (to - from) * share;
  return from * std::pow(to / from, share);
}

std::string coefficient_text(const char* name, const Coefficient& coefficient, double unit,
                             const char* unit_name) {
  if (!coefficient.is_determined())
    return fmt::format("  {:<28} not determined by this sweep (about {:.3g} {})\n", name,
                       coefficient.value * unit, unit_name);
  return fmt::format("  {:<28} {:.4g} +- {:.2g} {}\n", name, coefficient.value * unit,
                     coefficient.error * unit, unit_name);
}

}  // namespace

double Fit::predict_ns(std::uint32_t chunks) const {
  Regressors values;
  for (std::size_t k = 0; k < kTerms; ++k) values[k] = coefficients[k].value;
  const auto after = std::ranges::lower_bound(points, chunks, {}, &FittedPoint::chunks);
  if (after == points.end()) return dot(points.back().regressors, values);
  if (after->chunks == chunks || after == points.begin()) return dot(after->regressors, values);
  const FittedPoint& before = *(after - 1);
  const double share =
      std::log(1.0 * chunks / before.chunks) / std::log(1.0 * after->chunks / before.chunks);
  Regressors between;
  for (std::size_t k = 0; k < kTerms; ++k)
    between[k] = interpolated(before.regressors[k], after->regressors[k], share);
  return dot(between, values);
}

std::uint32_t Fit::best_chunks() const {
  std::uint32_t best = points.front().chunks;
  double least_ns = predict_ns(best);
  for (std::uint32_t chunks = best + 1; chunks <= points.back().chunks; ++chunks)
    if (const double ns = predict_ns(chunks); ns < least_ns) {
      best = chunks;
      least_ns = ns;
    }
  return best;
}

Result<Fit> fit(const Sweep& sweep) {
  if (sweep.points.size() < kPointsMin)
    return fail(fmt::format("the model needs at least {} chunk counts, the sweep has {}",
                            kPointsMin, sweep.points.size()));
  Fit fit;
  Equations equations;
  std::vector<Regressors> rows;  // over the run's time, so that errors are relative
  for (const SweepPoint& point : sweep.points) {
    FittedPoint& fitted = fit.points.emplace_back();
    fitted.chunks = point.chunks;
    fitted.measured_ns = static_cast<double>(point.median().wall_ns);
    for (const RunFigures& run : point.runs) {
      Regressors row = regressors_of(run, point.chunks, std::max(1u, sweep.lanes()));
      for (std::size_t k = 0; k < kTerms; ++k) {
        fitted.regressors[k] += row[k] / static_cast<double>(point.runs.size());
        row[k] /= std::max(1.0, static_cast<double>(run.wall_ns));
      }
      equations.add(row, 1);
      rows.push_back(row);
    }
  }
  const auto hold = [&](Term term, double prior, double slack) {
    Regressors row = {};
    row[term] = kPriorError / slack;
    equations.add(row, prior * kPriorError / slack);
  };
  hold(kWork, kWorkPrior, kWorkSlack);
  hold(kDearest, kDearestPrior, kDearestSlack);

  const Solution solution = solve(equations);
  double squares = 0;
  for (const Regressors& row : rows) squares += std::pow(dot(row, solution.values) - 1, 2);
  fit.rms_error = std::sqrt(squares / static_cast<double>(rows.size()));
  const double freedom =
      std::max(1.0, static_cast<double>(rows.size()) - std::popcount(solution.support));
  for (std::size_t k = 0; k < kTerms; ++k) {
    const bool is_free = (solution.support >> k & 1) != 0;
    fit.coefficients[k] = {solution.values[k],
                           is_free ? std::sqrt(squares / freedom * solution.covariance[k][k])
                                   : std::numeric_limits<double>::quiet_NaN()};
  }
  for (FittedPoint& point : fit.points) point.predicted_ns = fit.predict_ns(point.chunks);
  return fit;
}

std::string fit_text(const Fit& fit) {
  std::string text = "T = startup + a chunks + b bytes + c work / lanes + d dearest chunk\n";
  text += coefficient_text("startup", fit.coefficients[kStartup], 1e-6, "ms");
  text += coefficient_text("a", fit.coefficients[kChunks], 1e-3, "us a chunk");
  text += coefficient_text("b", fit.coefficients[kBytes], 1, "ns a byte");
  text += coefficient_text("c, of lane time / lanes", fit.coefficients[kWork], 1, "");
  text += coefficient_text("d, of the dearest chunk", fit.coefficients[kDearest], 1, "");
  text += fmt::format("  rms error of a run {:.1f} %\n\n", 100 * fit.rms_error);
  text += fmt::format("{:>8} | {:>11} | {:>12} | {:>7}\n", "chunks", "measured ms", "predicted ms",
                      "error %");
  for (const FittedPoint& point : fit.points)
    text += fmt::format("{:>8} | {:>11.3f} | {:>12.3f} | {:>+7.1f}\n", point.chunks,
                        point.measured_ns * 1e-6, point.predicted_ns * 1e-6, 100 * point.error());
  const std::uint32_t best = fit.best_chunks();
  text +=
      fmt::format("\nPredicted best: {} chunks, {:.3f} ms\n", best, fit.predict_ns(best) * 1e-6);
  return text;
}

}  // namespace mandel
