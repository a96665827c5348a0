// The library's handles for C++ tests: freed by themselves, and made or the test fails.
#pragma once

#include <gtest/gtest.h>
#include <mandel.h>
#include <memory>
#include <string>
#include <vector>

namespace mandel {

using GridHandle = std::unique_ptr<mandel_grid, decltype(&mandel_grid_free)>;
using EngineHandle = std::unique_ptr<mandel_engine, decltype(&mandel_engine_free)>;

inline GridHandle tutorial_grid(std::uint64_t size) {
  mandel_grid* grid = nullptr;
  EXPECT_EQ(mandel_grid_tutorial(size, &grid, nullptr, 0), MANDEL_OK);
  return {grid, mandel_grid_free};
}

inline GridHandle grid_of(const std::vector<double>& xs, const std::vector<double>& ys) {
  mandel_grid* grid = nullptr;
  EXPECT_EQ(mandel_grid_axes(xs.data(), xs.size(), ys.data(), ys.size(), &grid, nullptr, 0),
            MANDEL_OK);
  return {grid, mandel_grid_free};
}

inline EngineHandle make_engine(const char* kernel = nullptr, std::uint64_t threads = 2) {
  const mandel_engine_options options = {
      .size = sizeof options, .kernel = kernel, .threads = threads};
  mandel_engine* engine = nullptr;
  char error[200];
  EXPECT_EQ(mandel_engine_new(&options, &engine, error, sizeof error), MANDEL_OK) << error;
  return {engine, mandel_engine_free};
}

// How a call ended.
struct Outcome {
  int status = MANDEL_OK;
  std::string sentence;
};

struct Computed : Outcome {
  std::vector<std::uint32_t> counts;
  mandel_stats stats = {.size = sizeof(mandel_stats)};
};

// All rows that the options ask for.
inline Computed compute(const EngineHandle& engine, const GridHandle& grid,
                        mandel_compute_options options) {
  options.size = sizeof options;
  const std::uint64_t rows =
      options.rows != 0 ? options.rows : mandel_grid_rows(grid.get()) - options.first_row;
  Computed computed;
  computed.counts.resize(rows * mandel_grid_columns(grid.get()));
  char error[200];
  computed.status = mandel_compute(engine.get(), grid.get(), &options, computed.counts.data(),
                                   computed.counts.size(), &computed.stats, error, sizeof error);
  computed.sentence = error;
  return computed;
}

}  // namespace mandel
