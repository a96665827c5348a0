// mandel-gpu-check: everything about the CUDA backends that only a machine with a GPU can tell, in
// one program that needs no test framework. Nothing here falls back to a CPU: without a GPU, and
// with the first wrong pixel, it fails.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "kernels/check/exactness.h"
#include "kernels/check/timing.h"
#include "kernels/device_error.h"
#include "kernels/device_list.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"

namespace mandel::check {
namespace {

constexpr double kStopSecondsMax = 0.1;

bool check_exact(Kernel& kernel, const std::vector<Reference>& references) {
  std::size_t failed = 0;
  for (const Reference& reference : references) {
    const std::size_t wrong = wrong_pixels(kernel, reference);
    if (wrong == 0) continue;
    ++failed;
    std::printf("  FAILED  %s: %zu of %zu counts are wrong\n", reference.name.c_str(), wrong,
                reference.counts.size());
  }
  std::printf("  %zu jobs compared pixel by pixel with scalar, %zu failed\n", references.size(),
              failed);
  return failed == 0;
}

// Another arithmetic has other counts; that none differed would mean it isn't what it says.
void describe_inexact(Kernel& kernel, const Reference& reference) {
  std::printf("  NOT COMPARABLE: %zu of %zu counts differ on %s\n", wrong_pixels(kernel, reference),
              reference.counts.size(), reference.name.c_str());
}

bool check_stop(Kernel& kernel) {
  const double seconds = seconds_to_stop(kernel);
  const bool good = seconds >= 0.0 && seconds <= kStopSecondsMax;
  std::printf("  %sstopped %.1f ms after it was asked to\n", good ? "" : "FAILED  ", seconds * 1e3);
  return good;
}

bool check_backend(const Backend& backend, std::size_t device,
                   const std::vector<Reference>& references, bool quick) try {
  std::printf("\n%s on device %zu\n", std::string(backend.name).c_str(), device);
  const auto kernel = backend.make_on(device);
  if (backend.semantics != kExactF64) {
    describe_inexact(*kernel, references.front());
    return true;
  }
  if (const auto failure = self_test_failure(*kernel, backend.semantics)) {
    std::printf("  FAILED  self-test: %s\n", failure->c_str());
    return false;
  }
  return check_exact(*kernel, references) && (quick || check_stop(*kernel));
} catch (const DeviceError& error) {
  std::printf("  FAILED  %s\n", error.what());
  return false;
}

void print_limit(const DeviceList::Device& device) {
  const Fp64Limit limit = fp64_limit(device.id);
  std::printf(
      "device %d: %s\n  FP64 limit: %d multiprocessors x %d lanes x %.3f GHz (the driver's "
      "highest clock, not measured)\n  / %d slots an iteration = %.1f G iterations/s\n",
      device.id, device.name.c_str(), limit.processors, limit.lanes_per_processor,
      limit.clock_hz * 1e-9, kSlotsPerIteration, limit.iterations_per_second() * 1e-9);
}

int run(bool quick) {
  const Backend* cuda = find_backend("cuda");
  if (cuda == nullptr || cuda->devices().devices.empty()) {
    std::fprintf(
        stderr, "mandel-gpu-check: FAILED, nothing was checked: %s\n",
        cuda == nullptr ? "this build has no CUDA backends" : cuda->devices().why_none.c_str());
    return 1;
  }
  const auto& devices = cuda->devices().devices;
  for (const auto& device : devices) print_limit(device);
  const std::vector<Reference> references = make_references(quick);
  bool good = true;
  for (const Backend& backend : backends())
    for (std::size_t device = 0; backend.device == "cuda" && device < devices.size(); ++device)
      good &= check_backend(backend, device, references, quick);
  for (const Backend& backend : backends())
    for (std::size_t device = 0; backend.device == "cuda" && device < devices.size(); ++device)
      if (good && !quick) print_timings(backend, device);
  std::printf("\nmandel-gpu-check: %s\n", good ? "all passed" : "FAILED");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace mandel::check

int main(int argc, char** argv) try {
  const bool quick = argc == 2 && std::strcmp(argv[1], "--quick") == 0;
  if (argc > 1 && !quick) {
    std::fprintf(stderr,
                 "usage: mandel-gpu-check [--quick]\n"
                 "  --quick  small jobs and no timings, for running under a sanitizer\n");
    return 2;
  }
  return mandel::check::run(quick);
} catch (const std::exception& error) {
  std::fprintf(stderr, "mandel-gpu-check: FAILED: %s\n", error.what());
  return 1;
}
