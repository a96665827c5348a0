// See micro.h.
#include "tests/bench/micro.h"

#include <benchmark/benchmark.h>

#include "common/base/sha256.h"
#include "common/wire/codec.h"
#include "kernels/cpu/scalar.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"
#include "kernels/views.h"

namespace mandel {
namespace {

void interior_point(benchmark::State& state) {
  constexpr std::uint32_t kMaxIter = 10'000;
  for (auto _ : state) benchmark::DoNotOptimize(scalar_count(-0.2, 0.1, kMaxIter));
  state.SetItemsProcessed(state.iterations() * kMaxIter);
}

void tutorial_grid(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(tutorial_axes(1000));
}

void self_test(benchmark::State& state, const Backend& backend) {
  for (auto _ : state) benchmark::DoNotOptimize(self_test_failure(backend));
}

void hash_of_counts(benchmark::State& state) {
  const std::vector<std::uint32_t> counts(250'000, 1);
  for (auto _ : state) benchmark::DoNotOptimize(counts_sha256(counts));
  state.SetBytesProcessed(state.iterations() * 1'000'000);
}

std::vector<std::uint32_t> tutorial_picture() {
  const Axes axes = tutorial_axes(1000);
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  find_backend("simd-full")->make()->run(axes.xs, axes.ys, 1000, counts, {});
  return counts;
}

void encode_picture(benchmark::State& state) {
  const auto counts = tutorial_picture();
  for (auto _ : state) benchmark::DoNotOptimize(encode_counts(counts));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(counts.size()));
}

void decode_picture(benchmark::State& state) {
  auto counts = tutorial_picture();
  const auto encoded = encode_counts(counts).value();
  for (auto _ : state) benchmark::DoNotOptimize(decode_counts(encoded, counts));
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(counts.size()));
}

void band(benchmark::State& state, const Backend& backend, const Axes& axes,
          std::uint32_t max_iter) {
  const auto kernel = backend.make();
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  std::uint64_t executed = 0;
  for (auto _ : state) executed += kernel->run(axes.xs, axes.ys, max_iter, counts, {}).executed;
  state.SetItemsProcessed(static_cast<std::int64_t>(executed));
}

// 16 rows of the tutorial's picture, near the middle.
Axes band_of_tutorial() {
  Axes axes = tutorial_axes(1000);
  axes.ys.erase(axes.ys.begin() + 216, axes.ys.end());
  axes.ys.erase(axes.ys.begin(), axes.ys.begin() + 200);
  return axes;
}

void register_pieces() {
  benchmark::RegisterBenchmark("interior_point", interior_point);
  benchmark::RegisterBenchmark("tutorial_grid/1000", tutorial_grid);
  benchmark::RegisterBenchmark("hash_of_counts/1MB", hash_of_counts);
  benchmark::RegisterBenchmark("encode_counts", encode_picture);
  benchmark::RegisterBenchmark("decode_counts", decode_picture);
}

void register_backend(const Backend& backend) {
  const auto named = [&](const char* piece) { return piece + std::string(backend.name); };
  // One pixel outside: what a call costs.
  const Axes pixel = {{2.0}, {2.0}};
  benchmark::RegisterBenchmark(named("call/").c_str(), band, backend, pixel, 1u);
  benchmark::RegisterBenchmark(named("band/").c_str(), band, backend, band_of_tutorial(), 1000u);
  benchmark::RegisterBenchmark(named("self_test/").c_str(), self_test, backend);
}

}  // namespace

int run_micro(const std::string& program, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), program);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (benchmark::ReportUnrecognizedArguments(argc, argv.data())) return 1;
  register_pieces();
  for (const Backend& backend : backends())
    if (backend.make()) register_backend(backend);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace mandel
