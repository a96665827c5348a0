// The fit finds coefficients that are known beforehand, and says which ones the data can't tell.
#include "master/sweep/model.h"

#include <cmath>
#include <gtest/gtest.h>

namespace mandel {
namespace {

struct Truth {
  double startup_ns = 3e6;
  double chunk_ns = 40e3;
  double byte_ns = 80;
  double work = 1.0;
  double dearest = 0.6;
  double noise = 0.01;           // of each run's time, plus or minus
  double bytes_per_chunk = 200;  // on top of the counts
};

// 1, 2, 4 ... 512 chunks, three runs each, on 4 lanes.
Sweep sweep_of(const Truth& truth, std::uint32_t chunks_max = 512) {
  Sweep sweep;
  sweep.workers = {{"desk1", "simd-full", 4}};
  std::uint32_t draw = 0;
  for (std::uint32_t chunks = 1; chunks <= chunks_max; chunks *= 2) {
    SweepPoint& point = sweep.points.emplace_back();
    point.chunks = chunks;
    for (int repeat = 0; repeat < 3; ++repeat) {
      RunFigures& run = point.runs.emplace_back();
      // Small chunks lose tiles: the work is not the same at each count.
      const double lane_ns = 200e6 * (1 + 0.002 * chunks);
      const double dearest_ns = 3 * lane_ns / (2 + chunks) / 4;
      run.split.computing_ns = static_cast<Nanoseconds>(lane_ns);
      run.bytes_in = static_cast<std::uint64_t>(100e3 + truth.bytes_per_chunk * chunks +
                                                40e3 * std::log2(chunks));
      ChunkTimes dearest;
      dearest.computed_ns = static_cast<Nanoseconds>(dearest_ns);
      run.chunks = {dearest};
      const double noise = 2 * std::fmod(++draw * 0.6180339887, 1.0) - 1;
      run.wall_ns =
          static_cast<Nanoseconds>((truth.startup_ns + truth.chunk_ns * chunks +
                                    truth.byte_ns * static_cast<double>(run.bytes()) +
                                    truth.work * lane_ns / 4 + truth.dearest * dearest_ns) *
                                   (1 + truth.noise * noise));
    }
  }
  return sweep;
}

TEST(SweepModel, FindsTheCoefficientsWithinTheirErrors) {
  const Truth truth;
  const auto fitted = fit(sweep_of(truth));
  ASSERT_TRUE(fitted);
  const double known[kTerms] = {truth.startup_ns, truth.chunk_ns, truth.byte_ns, truth.work,
                                truth.dearest};
  for (const Term term : {kChunks, kBytes, kWork, kDearest}) {
    const Coefficient& coefficient = fitted->coefficients[term];
    EXPECT_TRUE(coefficient.is_determined()) << term;
    EXPECT_NEAR(coefficient.value, known[term], 3 * coefficient.error) << term;
  }
  EXPECT_LT(fitted->rms_error, 0.01);
  for (const FittedPoint& point : fitted->points)
    EXPECT_LT(std::abs(point.error()), 0.02) << point.chunks;
}

TEST(SweepModel, WhatTheDataCannotTellIsSaidToBeUnknownAndDoesNotExplode) {
  Truth truth;
  truth.noise = 0.02;
  Sweep sweep = sweep_of(truth);
  for (SweepPoint& point : sweep.points)
    for (RunFigures& run : point.runs) run.bytes_in = 1'000'000;  // like the start-up: constant
  const auto fitted = fit(sweep);
  ASSERT_TRUE(fitted);
  EXPECT_FALSE(fitted->coefficients[kStartup].is_determined() &&
               fitted->coefficients[kBytes].is_determined());
  for (const Coefficient& coefficient : fitted->coefficients) {
    EXPECT_GE(coefficient.value, 0);
    EXPECT_TRUE(std::isfinite(coefficient.value));
  }
  EXPECT_NEAR(fitted->coefficients[kWork].value, 1, 0.3);
  EXPECT_NE(fit_text(*fitted).find("not determined"), std::string::npos);
}

TEST(SweepModel, FindsTheBestCountAlsoBetweenMeasuredOnes) {
  Truth truth;
  truth.noise = 0;
  const auto coarse = fit(sweep_of(truth));
  ASSERT_TRUE(coarse);
  double least = INFINITY;
  std::uint32_t best = 0;
  for (const FittedPoint& point : coarse->points)
    if (point.measured_ns < least) {
      least = point.measured_ns;
      best = point.chunks;
    }
  EXPECT_GE(coarse->best_chunks(), best / 2);
  EXPECT_LE(coarse->best_chunks(), best * 2);
  EXPECT_LE(coarse->predict_ns(coarse->best_chunks()), least * 1.001);
  for (std::size_t k = 1; k < coarse->points.size(); ++k) {
    const double between = coarse->predict_ns(coarse->points[k].chunks * 3 / 4);
    const auto [low, high] =
        std::minmax(coarse->points[k - 1].predicted_ns, coarse->points[k].predicted_ns);
    EXPECT_GT(between, low * 0.9);
    EXPECT_LT(between, high * 1.1);
  }
}

TEST(SweepModel, TooFewCountsAreASentence) {
  const auto fitted = fit(sweep_of({}, 8));
  ASSERT_FALSE(fitted);
  EXPECT_EQ(fitted.error().what, "the model needs at least 5 chunk counts, the sweep has 4");
}

TEST(SweepModel, TheTextHasAllPointsAndTheBest) {
  const auto fitted = fit(sweep_of({}));
  ASSERT_TRUE(fitted);
  const std::string text = fit_text(*fitted);
  for (const char* part : {"startup", "us a chunk", "ns a byte", "     512 |", "Predicted best: "})
    EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
}

}  // namespace
}  // namespace mandel
