// See lanes.h.
#include "common/program/lanes.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "kernels/deep/engine.h"
#include "kernels/device_list.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"

namespace mandel {
namespace {

constexpr std::string_view kCpu = "cpu";

}  // namespace

unsigned lanes_wanted(const LaneChoice& choice) {
  return choice.threads == 0 ? usable_cpus() : choice.threads;
}

Result<Lanes> choose_lanes(const LaneChoice& choice) {
  auto chosen = choose_lanes(choice.kernel, choice.threads);
  if (const auto* failure = std::get_if<std::string>(&chosen)) return fail("--kernel: " + *failure);
  auto& lanes = std::get<Lanes>(chosen);
  if (choice.require_gpu && !lanes.why_no_gpu.empty())
    return fail("--require-gpu: " + lanes.why_no_gpu);
  return std::move(lanes);
}

std::string in_words(const std::vector<Lane>& lanes) {
  std::string text;
  for (auto first = lanes.begin(); first != lanes.end();) {
    const Backend* backend = first->backend;
    const auto end =
        std::find_if(first, lanes.end(), [=](const Lane& lane) { return lane.backend != backend; });
    const auto count = end - first;
    text +=
        fmt::format("{}{} lane{} of {} on {}", text.empty() ? "" : ", ", count,
                    count == 1 ? "" : "s", backend != nullptr ? backend->name : first->deep->name,
                    backend != nullptr ? backend->device : kCpu);
    first = end;
  }
  return text;
}

std::string kernel_table() {
  std::string table =
      fmt::format("{:<21} {:<6} {:<10} {:<10} {}\n", "kernel", "device", "counts", "self-test", "");
  for (const Backend& backend : backends()) {
    const bool is_absent = backend.devices != nullptr && backend.devices().devices.empty();
    const auto failure = is_absent ? backend.devices().why_none : self_test_failure(backend);
    table += fmt::format("{:<21} {:<6} {:<10} {:<10} {}\n", backend.name, backend.device,
                         backend.semantics,
                         is_absent ? "absent"
                         : failure ? "FAILED"
                                   : "passed",
                         failure ? *failure : std::string(backend.summary));
  }
  for (const DeepBackend& backend : deep_backends()) {
    const std::string failure = self_test_failure(backend).value();
    table += fmt::format("{:<21} {:<6} {:<10} {:<10} {}\n", backend.name, kCpu, kTrueCount,
                         failure.empty() ? "passed" : "FAILED",
                         failure.empty() ? std::string(backend.summary) : failure);
  }
  return table;
}

}  // namespace mandel
