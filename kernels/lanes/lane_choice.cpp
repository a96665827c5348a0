// See lane_choice.h.
#include "kernels/lanes/lane_choice.h"

#include <algorithm>
#include <cmath>
#include <sched.h>

#include "kernels/deep/engine.h"
#include "kernels/device_list.h"
#include "kernels/lanes/cpu_quota.h"
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
      lanes.remarks.push_back("GPU " + devices[k].name + " is not used: " + *failure);
    else
      lanes.lanes.push_back(lane);
  }
  for (const std::string& device : refused) lanes.remarks.push_back("GPU " + device);
}

void add_threads(const Lane& lane, unsigned threads, Lanes& lanes) {
  lanes.lanes.insert(lanes.lanes.end(), threads == 0 ? usable_cpus() : threads, lane);
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

// A lane for each GPU; why there are none, if there are none.
void add_gpus(Lanes& lanes) {
  std::string why_none;
  for (const std::string_view kind : kGpus) {
    const std::string why = why_no_gpu(kind);
    const Backend* gpu = why.empty() ? fastest(kind, lanes) : nullptr;
    if (gpu != nullptr) add_devices(*gpu, false, lanes);
    if (why.empty()) continue;
    why_none.append(why_none.empty() ? "" : "; ").append(kind).append(": ").append(why);
  }
  if (lanes.lanes.empty())
    lanes.why_no_gpu = lanes.remarks.empty() ? why_none : lanes.remarks.front();
}

std::variant<Lanes, std::string> fastest_lanes(unsigned threads) {
  Lanes lanes;
  add_gpus(lanes);
  const Backend* cpu = fastest(kCpu, lanes);
  if (cpu == nullptr) return lanes.remarks.back();
  // True-count is the CPU's: those that may stand beside a GPU's.
  add_threads({.backend = cpu, .deep = deep_backends().empty() ? nullptr : &deep_backends().back()},
              threads, lanes);
  return lanes;
}

}  // namespace

std::variant<Lanes, std::string> choose_lanes(std::string_view kernel, unsigned threads) {
  if (kernel == "auto") return fastest_lanes(threads);
  Lanes lanes;
  lanes.why_no_gpu.append("kernel ").append(kernel).append(" computes on the CPU");
  if (const DeepBackend* deep = find_deep_backend(kernel)) {
    add_threads({.deep = deep}, threads, lanes);
    return lanes;
  }
  auto named = named_backend(kernel);
  if (auto* failure = std::get_if<std::string>(&named)) {
    if (find_backend(kernel) == nullptr)
      for (const DeepBackend& deep : deep_backends()) failure->append(", ").append(deep.name);
    return *std::move(failure);
  }
  const Backend& backend = *std::get<const Backend*>(named);
  if (backend.devices == nullptr) {
    add_threads({.backend = &backend}, threads, lanes);
    return lanes;
  }
  lanes.why_no_gpu.clear();
  add_devices(backend, true, lanes);
  if (lanes.lanes.empty()) return lanes.remarks.front();
  return lanes;
}

}  // namespace mandel
