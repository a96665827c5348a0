// See lanes.h.
#include "common/program/lanes.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <sched.h>

#include "common/program/cpu_quota.h"
#include "kernels/deep/engine.h"
#include "kernels/device_list.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"

namespace mandel {

unsigned usable_cpus() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  const auto cpus = static_cast<double>(CPU_COUNT(&set));
  return static_cast<unsigned>(
      std::ceil(std::max(1.0, std::min(cpus, cpu_quota().value_or(cpus)))));
}

unsigned lanes_wanted(const LaneChoice& choice) {
  return choice.threads == 0 ? usable_cpus() : choice.threads;
}

namespace {

constexpr std::string_view kGpus[] = {"cuda", "opencl"};
constexpr std::string_view kCpu = "cpu";

// A lane for each device of the backend that passes the self-test by itself.
void add_devices(const Backend& backend, bool by_name, Lanes& lanes) {
  const auto& [devices, why_none, refused] = backend.devices();
  for (std::size_t k = 0; k < devices.size(); ++k) {
    if (devices[k].by_name_only && !by_name) continue;
    const Lane lane{&backend, k};
    const auto kernel = lane.make();
    const auto failure = kernel ? self_test_failure(*kernel, backend.semantics) : "it is gone";
    if (failure)
      lanes.remarks.push_back(fmt::format("GPU {} is not used: {}", devices[k].name, *failure));
    else
      lanes.lanes.push_back(lane);
  }
  for (const std::string& device : refused) lanes.remarks.push_back("GPU " + device);
}

void add_backend(const Backend& backend, const LaneChoice& choice, Lanes& lanes) {
  if (backend.devices != nullptr) return add_devices(backend, true, lanes);
  lanes.lanes.insert(lanes.lanes.end(), lanes_wanted(choice), Lane{.backend = &backend});
}

// The CPU's: those that may stand beside a GPU's.
void add_true_count(Lanes& lanes) {
  if (deep_backends().empty()) return;
  for (Lane& lane : lanes.lanes)
    if (lane.backend->devices == nullptr) lane.deep = &deep_backends().back();
}

// Why `auto` has no GPU of this kind to try; empty if there is one.
std::string why_no_gpu(std::string_view kind) {
  const auto found = std::ranges::find(backends(), kind, &Backend::device);
  if (found == backends().end()) return "not in this build";
  if (found->may_have_devices != nullptr && !found->may_have_devices())
    return "no GPU's device file is here";
  const DeviceList& list = found->devices();
  if (list.devices.empty()) return list.why_none;
  const bool has_one = !std::ranges::all_of(list.devices, &DeviceList::Device::by_name_only);
  return has_one ? "" : "no GPU but those of other kernels, and CPUs";
}

// The fastest backend of a device; those that failed before it are named.
const Backend* fastest(std::string_view device, Lanes& lanes) {
  Fastest found = fastest_backend(device);
  if (!found.failures.empty())
    lanes.remarks.push_back("not used, since the self-test failed: " + found.failures);
  return found.backend;
}

Result<Lanes> fastest_lanes(const LaneChoice& choice) {
  Lanes lanes;
  std::string why_none;
  for (const std::string_view kind : kGpus) {
    const std::string why = why_no_gpu(kind);
    const Backend* gpu = why.empty() ? fastest(kind, lanes) : nullptr;
    if (gpu != nullptr) add_devices(*gpu, false, lanes);
    if (!why.empty()) why_none += fmt::format("{}{}: {}", why_none.empty() ? "" : "; ", kind, why);
  }
  if (lanes.lanes.empty() && choice.require_gpu)
    return fail("--require-gpu: " + (lanes.remarks.empty() ? why_none : lanes.remarks.front()));
  const Backend* cpu = fastest(kCpu, lanes);
  if (cpu == nullptr) return fail(lanes.remarks.back());
  add_backend(*cpu, choice, lanes);
  add_true_count(lanes);
  return lanes;
}

}  // namespace

Result<Lanes> choose_lanes(const LaneChoice& choice) {
  if (choice.kernel == "auto") return fastest_lanes(choice);
  if (const DeepBackend* deep = find_deep_backend(choice.kernel)) {
    if (choice.require_gpu)
      return fail(fmt::format("--require-gpu: kernel {} computes on the CPU", deep->name));
    return Lanes{std::vector(lanes_wanted(choice), Lane{.deep = deep}), {}};
  }
  const auto named = named_backend(choice.kernel);
  if (const auto* failure = std::get_if<std::string>(&named)) {
    std::string problem = "--kernel: " + *failure;
    if (find_backend(choice.kernel) == nullptr)
      for (const DeepBackend& deep : deep_backends()) problem.append(", ").append(deep.name);
    return fail(std::move(problem));
  }
  const Backend& backend = *std::get<const Backend*>(named);
  if (choice.require_gpu && backend.devices == nullptr)
    return fail(fmt::format("--require-gpu: kernel {} computes on the CPU", backend.name));
  Lanes lanes;
  add_backend(backend, choice, lanes);
  if (lanes.lanes.empty()) return fail("--kernel: " + lanes.remarks.front());
  return lanes;
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
