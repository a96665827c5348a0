// What a caller may do wrong: each is refused with a code and a sentence, before anything is done.
// And callers of other ages, whose structs are shorter or longer.
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "kernels/deep/engine.h"
#include "kernels/registry.h"
#include "tests/unit/kernels/c_api/handles.h"

namespace mandel {
namespace {

using testing::Test;

Outcome make_view(const mandel_view& view) {
  auto* grid = reinterpret_cast<mandel_grid*>(1);
  char error[300];
  const int status = mandel_grid_view(&view, &grid, error, sizeof error);
  EXPECT_EQ(grid == nullptr, status != MANDEL_OK);
  mandel_grid_free(grid);
  return {status, error};
}

Outcome make_engine_of(const mandel_engine_options& options) {
  mandel_engine* engine = nullptr;
  char error[400];
  const int status = mandel_engine_new(&options, &engine, error, sizeof error);
  mandel_engine_free(engine);
  return {status, error};
}

void expect_refused(const Outcome& outcome, const std::string& sentence,
                    int status = MANDEL_BAD_ARGUMENT) {
  EXPECT_EQ(outcome.status, status) << outcome.sentence;
  EXPECT_NE(outcome.sentence.find(sentence), std::string::npos) << outcome.sentence;
}

const mandel_view kView = {.size = sizeof(mandel_view),
                           .centre_x = -0.75,
                           .centre_y = 0,
                           .step_x = 0.1,
                           .step_y = 0.1,
                           .columns = 4,
                           .rows = 3};

TEST(CApiGrid, OfASizeOutOfBoundsIsRefused) {
  mandel_grid* grid = nullptr;
  for (const std::uint64_t size : {0ull, (1ull << 20) + 1, ~0ull})
    EXPECT_EQ(mandel_grid_tutorial(size, &grid, nullptr, 0), MANDEL_BAD_ARGUMENT);
  EXPECT_EQ(mandel_grid_tutorial(10, nullptr, nullptr, 0), MANDEL_BAD_ARGUMENT);

  auto view = kView;
  EXPECT_EQ(make_view(view).status, MANDEL_OK);
  view.columns = (1u << 20) + 1;
  expect_refused(make_view(view), "columns must be 1 to 1048576, not 1048577");
  view = kView;
  view.rows = static_cast<std::uint64_t>(-3);
  expect_refused(make_view(view), "rows must be");
}

TEST(CApiGrid, OfCoordinatesThatAreNoneIsRefused) {
  auto view = kView;
  view.step_y = 0;
  expect_refused(make_view(view), "above 0");
  view.step_y = NAN;
  expect_refused(make_view(view), "above 0");
  view = kView;
  view.step_x = std::numeric_limits<double>::max();
  expect_refused(make_view(view), "xs[0] is not finite");

  mandel_grid* grid = nullptr;
  const std::array<double, 3> bad = {0, 1, INFINITY};
  char error[100];
  Outcome outcome;
  outcome.status =
      mandel_grid_axes(bad.data(), 2, bad.data(), bad.size(), &grid, error, sizeof error);
  outcome.sentence = error;
  expect_refused(outcome, "ys[2] is not finite");
  EXPECT_EQ(mandel_grid_axes(nullptr, 2, bad.data(), 2, &grid, nullptr, 0), MANDEL_BAD_ARGUMENT);
  EXPECT_EQ(mandel_grid_axes(bad.data(), 0, bad.data(), 2, &grid, nullptr, 0), MANDEL_BAD_ARGUMENT);
}

TEST(CApiGrid, OfDecimalsThatAreNoneIsRefused) {
  const auto outcome_of = [](const char* re, const char* span) -> Outcome {
    const mandel_deep_view view = {
        .size = sizeof view, .re = re, .im = "0", .span = span, .columns = 3, .rows = 3};
    mandel_grid* grid = nullptr;
    char error[200];
    const int status = mandel_grid_deep(&view, &grid, error, sizeof error);
    mandel_grid_free(grid);
    return {status, error};
  };
  if (deep_backends().empty()) {
    expect_refused(outcome_of("0", "1"), "GMP", MANDEL_NO_KERNEL);
    return;
  }
  EXPECT_EQ(outcome_of("-1.25", "1e-300").status, MANDEL_OK);
  expect_refused(outcome_of("-1,25", "1"), "re is '-1,25'");
  expect_refused(outcome_of(nullptr, "1"), "re is null");
  expect_refused(outcome_of("0", "0"), "above 0");
  expect_refused(outcome_of("1e7", "1"), "below 1e6");
  expect_refused(outcome_of(std::string(100'000, '1').c_str(), "1"), "1111...'");
}

TEST(CApiEngine, OfNoSuchKernelOrTooManyThreadsIsRefused) {
  expect_refused(make_engine_of({.size = sizeof(mandel_engine_options), .kernel = "fastest"}),
                 "no kernel is called 'fastest'", MANDEL_NO_KERNEL);
  expect_refused(make_engine_of({.size = sizeof(mandel_engine_options), .threads = 1025}),
                 "threads must be 0 to 1024, not 1025");
  EXPECT_EQ(mandel_engine_new(nullptr, nullptr, nullptr, 0), MANDEL_BAD_ARGUMENT);
}

TEST(CApiEngine, SaysWhatItIs) {
  const EngineHandle engine = make_engine("scalar", 3);
  EXPECT_STREQ(mandel_engine_kernel(engine.get()), "scalar");
  EXPECT_EQ(mandel_engine_lanes(engine.get()), 3u);
}

class CApiCompute : public Test {
 protected:
  Outcome run(const mandel_compute_options& options, std::size_t counts_length = 25) {
    char error[300];
    const int status = mandel_compute(engine_.get(), grid_.get(), &options, counts_.data(),
                                      counts_length, nullptr, error, sizeof error);
    return {status, error};
  }

  const EngineHandle engine_ = make_engine("scalar", 1);
  const GridHandle grid_ = tutorial_grid(10);  // 5 x 5
  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(25, 7);
};

TEST_F(CApiCompute, IntoRoomOfAnotherSizeIsRefused) {
  const mandel_compute_options all = {.size = sizeof all, .max_iter = 50};
  for (const std::size_t length : {std::size_t{0}, std::size_t{24}, std::size_t{26}, SIZE_MAX})
    expect_refused(run(all, length), "5 rows of 5 columns have 25");
  expect_refused(run(all, 24), "room for 24 counts");
  EXPECT_EQ(counts_, std::vector<std::uint32_t>(25, 7)) << "nothing was written";
  EXPECT_EQ(run(all).status, MANDEL_OK);
}

TEST_F(CApiCompute, OfRowsThatAreNotThereIsRefused) {
  const auto rows = [&](std::uint64_t first, std::uint64_t count) {
    return run({.size = sizeof(mandel_compute_options), .first_row = first, .rows = count},
               static_cast<std::size_t>(5 * count));
  };
  EXPECT_EQ(rows(4, 1).status, MANDEL_OK);
  expect_refused(rows(5, 0), "the grid has 5 rows, and no row 5");
  expect_refused(rows(4, 2), "the grid has 5 rows, and no 2 from 4 on");
  expect_refused(rows(1, ~0ull), "the grid has 5 rows");
  expect_refused(rows(~0ull, 2), "the grid has 5 rows");
}

TEST_F(CApiCompute, OfTooManyIterationsIsRefused) {
  expect_refused(run({.size = sizeof(mandel_compute_options), .max_iter = 1ull << 31}),
                 "max_iter must be at most 2147483647, not 2147483648");
}

TEST_F(CApiCompute, WithoutWhatItNeedsIsRefused) {
  char error[100];
  const auto refused = [&](mandel_engine* engine, const mandel_grid* grid, std::uint32_t* counts,
                           const char* what) {
    EXPECT_EQ(mandel_compute(engine, grid, nullptr, counts, 25, nullptr, error, sizeof error),
              MANDEL_BAD_ARGUMENT);
    EXPECT_STREQ(error, what);
  };
  refused(nullptr, grid_.get(), counts_.data(), "engine is null");
  refused(engine_.get(), nullptr, counts_.data(), "grid is null");
  refused(engine_.get(), grid_.get(), nullptr, "counts is null");
  EXPECT_EQ(mandel_grid_columns(nullptr), 0u);
  EXPECT_EQ(mandel_engine_lanes(nullptr), 0u);
  mandel_grid_free(nullptr);
  mandel_engine_free(nullptr);
}

TEST_F(CApiCompute, OfCountsThatTheEngineDoesNotComputeIsRefused) {
  if (deep_backends().empty()) GTEST_SKIP() << "this build has no true-count";
  const mandel_deep_view view = {
      .size = sizeof view, .re = "0", .im = "0", .span = "3", .columns = 5, .rows = 5};
  mandel_grid* made = nullptr;
  ASSERT_EQ(mandel_grid_deep(&view, &made, nullptr, 0), MANDEL_OK);
  const GridHandle deep(made, mandel_grid_free);
  expect_refused(compute(engine_, deep, {}), "scalar, computes no true-count", MANDEL_NO_KERNEL);
  expect_refused(compute(make_engine("deep", 1), grid_, {}), "deep, computes true-count only",
                 MANDEL_NO_KERNEL);
}

TEST(CApiError, IsCutToItsRoomAndAlwaysTerminated) {
  std::array<char, 8> error;
  mandel_grid* grid = nullptr;
  for (const std::size_t room : {0u, 1u, 2u, 8u}) {
    error.fill('x');
    EXPECT_EQ(mandel_grid_tutorial(0, &grid, error.data(), room), MANDEL_BAD_ARGUMENT);
    if (room > 0) {
      EXPECT_EQ(std::string(error.data()), std::string("the tutorial's size").substr(0, room - 1));
    }
    for (std::size_t k = room; k < error.size(); ++k) EXPECT_EQ(error[k], 'x') << room;
  }
  EXPECT_EQ(mandel_grid_tutorial(0, &grid, nullptr, 100), MANDEL_BAD_ARGUMENT);
  EXPECT_EQ(mandel_grid_tutorial(10, &grid, error.data(), error.size()), MANDEL_OK);
  EXPECT_STREQ(error.data(), "") << "nothing failed";
  mandel_grid_free(grid);
}

TEST(CApiError, IsNotCutWithinACharacter) {
  const std::string begins = "no kernel is called '";
  char error[100];
  mandel_engine* engine = nullptr;
  const mandel_engine_options options = {.size = sizeof options, .kernel = "\u00e4\u00f6"};
  EXPECT_EQ(mandel_engine_new(&options, &engine, error, begins.size() + 4), MANDEL_NO_KERNEL);
  EXPECT_EQ(std::string(error), begins + "\u00e4");
}

// Of a library to come.
struct NewerOptions {
  mandel_engine_options known;
  std::uint64_t unknown;
};

TEST(CApiStructs, OfANewerCallerAreTakenIfWhatIsUnknownIsZero) {
  NewerOptions newer = {{.size = sizeof newer, .kernel = "scalar", .threads = 1}, 0};
  EXPECT_EQ(make_engine_of(newer.known).status, MANDEL_OK);
  newer.unknown = 1;
  expect_refused(make_engine_of(newer.known), "newer than this library");
}

TEST(CApiStructs, OfAnOlderCallerHaveTheDefaultsOfWhatTheyLack) {
  // What follows the older struct in memory is not read.
  const mandel_engine_options older = {
      .size = offsetof(mandel_engine_options, threads), .kernel = "scalar", .threads = 5000};
  EXPECT_EQ(make_engine_of(older).status, MANDEL_OK);
}

TEST(CApiStructs, WhoseSizeWasNeverSetAreRefused) {
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{4}, sizeof(mandel_engine_options) - 1, std::size_t{1} << 40})
    expect_refused(make_engine_of({.size = size}), "set it to sizeof(mandel_engine_options)");
}

TEST(CApiStructs, ThatAreFilledAreFilledAsFarAsTheCallerKnowsThem) {
  const EngineHandle engine = make_engine("scalar", 1);
  const GridHandle grid = tutorial_grid(10);
  std::vector<std::uint32_t> counts(25);
  mandel_stats stats;
  std::memset(&stats, 0xff, sizeof stats);
  stats.size = offsetof(mandel_stats, skipped);
  EXPECT_EQ(
      mandel_compute(engine.get(), grid.get(), nullptr, counts.data(), 25, &stats, nullptr, 0),
      MANDEL_OK);
  EXPECT_EQ(stats.size, offsetof(mandel_stats, skipped));
  EXPECT_GT(stats.executed, 0u);
  EXPECT_NE(stats.executed, ~0ull);
  EXPECT_EQ(stats.skipped, ~0ull);
}

TEST(CApiKernels, AreThoseOfTheRegistry) {
  std::vector<std::string> names;
  for (std::size_t index = 0; index < mandel_kernel_count(); ++index) {
    mandel_kernel_info info = {.size = sizeof info};
    ASSERT_EQ(mandel_kernel_at(index, &info, nullptr, 0), MANDEL_OK);
    EXPECT_STRNE(info.summary, "");
    names.emplace_back(info.name);
  }
  std::vector<std::string> expected;
  for (const Backend& backend : backends()) expected.emplace_back(backend.name);
  for (const DeepBackend& backend : deep_backends()) expected.emplace_back(backend.name);
  EXPECT_EQ(names, expected);
  mandel_kernel_info info = {.size = sizeof info};
  EXPECT_EQ(mandel_kernel_at(names.size(), &info, nullptr, 0), MANDEL_BAD_ARGUMENT);
  EXPECT_EQ(mandel_kernel_at(SIZE_MAX, &info, nullptr, 0), MANDEL_BAD_ARGUMENT);
}

TEST(CApiKernels, PassTheirSelfTest) {
  char error[300];
  EXPECT_EQ(mandel_self_test(error, sizeof error), MANDEL_OK) << error;
}

TEST(CApiVersion, IsTheProjects) {
  EXPECT_STREQ(mandel_version(), MANDEL_PROJECT_VERSION);
  EXPECT_EQ(mandel_interface(), MANDEL_INTERFACE);
}

}  // namespace
}  // namespace mandel
