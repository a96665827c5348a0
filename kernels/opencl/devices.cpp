// See devices.h. Nothing here throws: no GPU is an answer, not a failure.
#include "kernels/opencl/devices.h"

#include <algorithm>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "kernels/opencl/build.h"
#include "kernels/opencl/engine.h"
#include "kernels/opencl/source.h"
#include "kernels/opencl/trial.h"
#include "kernels/self_test.h"

#ifdef MANDEL_HAVE_CUDA
#include "kernels/cuda/devices.h"
#endif

namespace mandel::opencl {
namespace {

// A driver that has nothing in its cache compiles for seconds, on a busy machine for many.
constexpr std::chrono::seconds kPatience{60};

struct Found {
  cl_device_id device;
  std::string name;
  bool is_cpu;
  std::string why_not;  // a clause; empty if it is worth a trial
};

template <class Value>
Value info(cl_device_id device, cl_device_info what) {
  Value value{};
  api().clGetDeviceInfo(device, what, sizeof value, &value, nullptr);  // a failure leaves 0
  return value;
}

std::string text_info(cl_device_id device, cl_device_info what) {
  char text[256] = {};
  api().clGetDeviceInfo(device, what, sizeof text - 1, text, nullptr);
  return text;
}

// Older drivers don't know the question, which leaves 0, as for a device without doubles.
std::string why_not(cl_device_id device) {
  constexpr cl_device_fp_config kNeeded =
      CL_FP_ROUND_TO_NEAREST | CL_FP_DENORM | CL_FP_INF_NAN | CL_FP_FMA;
  const auto doubles = info<cl_device_fp_config>(device, CL_DEVICE_DOUBLE_FP_CONFIG);
  if (doubles == 0) return "it has no double precision";
  if ((doubles & kNeeded) != kNeeded) return "its double precision is not IEEE 754's";
  int major = 0, minor = 0;
  std::sscanf(text_info(device, CL_DEVICE_VERSION).c_str(), "OpenCL %d.%d", &major, &minor);
  if (major * 10 + minor < 12) return "its driver is older than OpenCL 1.2";
  if (!info<cl_bool>(device, CL_DEVICE_ENDIAN_LITTLE)) return "it is big-endian";
  if (!info<cl_bool>(device, CL_DEVICE_AVAILABLE)) return "it is not available";
  if (!info<cl_bool>(device, CL_DEVICE_COMPILER_AVAILABLE)) return "its driver has no compiler";
  return {};
}

std::vector<Found> find_all() {
  std::vector<Found> all;
  cl_platform_id platforms[16];
  cl_uint platform_count = 0;
  if (api().clGetPlatformIDs(std::size(platforms), platforms, &platform_count) != CL_SUCCESS)
    return all;
  for (cl_uint p = 0; p < std::min<cl_uint>(platform_count, std::size(platforms)); ++p) {
    cl_device_id devices[64];
    cl_uint device_count = 0;
    if (api().clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, std::size(devices), devices,
                             &device_count) != CL_SUCCESS)
      continue;
    for (cl_uint d = 0; d < std::min<cl_uint>(device_count, std::size(devices)); ++d)
      all.push_back({devices[d], text_info(devices[d], CL_DEVICE_NAME),
                     (info<cl_device_type>(devices[d], CL_DEVICE_TYPE) & CL_DEVICE_TYPE_CPU) != 0,
                     why_not(devices[d])});
  }
  return all;
}

// Their indices: the GPUs that are worth it, or else the CPUs.
std::vector<std::size_t> candidates(const std::vector<Found>& all) {
  for (const bool cpu : {false, true}) {
    std::vector<std::size_t> picked;
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i].is_cpu == cpu && all[i].why_not.empty()) picked.push_back(i);
    if (!picked.empty()) return picked;
  }
  return {};
}

// By index of a device, how its driver died when it was tried.
using Deaths = std::map<std::size_t, std::string>;

std::vector<Found> find_all(const Deaths& deaths) {
  std::vector<Found> all = find_all();
  for (const auto& [index, death] : deaths)
    if (index < all.size()) all[index].why_not = death;
  return all;
}

// What the child does. It says what it is about to do, so that its last word tells what killed it.
// Wrong counts are not its affair: they are found again where they are reported.
void try_devices(const Deaths& deaths, const Say& say) {
  say("was loaded");
  if (!why_no_api().empty()) return;
  say("was asked for its devices");
  const std::vector<Found> all = find_all(deaths);
  for (const std::size_t i : candidates(all)) {
    say(std::to_string(i) + " compiled the kernels");
    try {
      build_for(all[i].device, kSource);
      for (const MakeProgram make : {make_simple_program, make_refill_program}) {
        say(std::to_string(i) + " ran the kernels");
        Engine engine(all[i].device, make);
        self_test_failure(engine, kExactF64);
      }
    } catch (const std::exception&) {
      continue;
    }
  }
}

// The driver may have any number of devices that kill it, one after the other. Empty, or why there
// is no device to be had at all.
std::string try_all(Deaths& deaths) {
  for (;;) {
    const Trial trial = try_in_child([&](const Say& say) { try_devices(deaths, say); }, kPatience);
    if (trial.death.empty()) return {};
    if (trial.said.empty()) return "the OpenCL driver " + trial.death;
    const std::string& last = trial.said.back();
    std::size_t digits = 0;
    std::size_t index = 0;
    for (; digits < last.size() && last[digits] >= '0' && last[digits] <= '9'; ++digits)
      index = index * 10 + static_cast<std::size_t>(last[digits] - '0');
    const std::string death = "the OpenCL driver " + trial.death + " while it " +
                              last.substr(digits == 0 ? 0 : digits + 1);
    if (digits == 0 || !deaths.emplace(index, death).second) return death;
  }
}

bool cuda_has([[maybe_unused]] const std::string& name) {
#ifdef MANDEL_HAVE_CUDA
  const auto& list = cuda::devices().devices;
  return std::ranges::find(list, name, &DeviceList::Device::name) != list.end();
#else
  return false;
#endif
}

struct Known {
  DeviceList list;
  std::vector<cl_device_id> devices;  // by DeviceList::Device::id
};

Known ask() {
  Known known;
  Deaths deaths;
  std::string& why_none = known.list.why_none;
  why_none = try_all(deaths);
  if (why_none.empty()) why_none = why_no_api();
  if (!why_none.empty()) return known;
  const std::vector<Found> all = find_all(deaths);
  for (const std::size_t i : candidates(all)) {
    const int id = static_cast<int>(known.devices.size());
    known.devices.push_back(all[i].device);
    known.list.devices.push_back({id, all[i].name, all[i].is_cpu || cuda_has(all[i].name)});
  }
  for (const auto& [index, death] : deaths)
    known.list.refused.push_back(all[index].name + " is not used: " + death);
  if (!known.devices.empty()) return known;
  for (const Found& found : all)
    why_none += (why_none.empty() ? "" : "; ") + found.name + " is not used: " + found.why_not;
  if (all.empty()) why_none = "no OpenCL driver here offers a device";
  return known;
}

const Known& known() {
  static const Known once = ask();
  return once;
}

// Of a GPU's device file, "0x10de"; empty where the GPU is no PCI device.
std::string vendor_of(const std::string& render_node) {
  std::string vendor;
  std::ifstream("/sys/class/drm/" + render_node + "/device/vendor") >> vendor;
  return vendor;
}

constexpr std::string_view kNvidia = "0x10de";

bool cuda_has_any() {
#ifdef MANDEL_HAVE_CUDA
  return !cuda::devices().devices.empty();
#else
  return false;
#endif
}

}  // namespace

const DeviceList& devices() { return known().list; }

cl_device_id device_of(int id) { return known().devices.at(static_cast<std::size_t>(id)); }

bool may_have_gpu() {
  std::error_code none;
  bool has_nvidia = std::filesystem::exists("/dev/nvidia0", none);
  for (const auto& entry : std::filesystem::directory_iterator("/dev/dri", none)) {
    const std::string node = entry.path().filename().string();
    if (!node.starts_with("renderD")) continue;
    if (vendor_of(node) != kNvidia) return true;
    has_nvidia = true;
  }
  // Of the Windows Subsystem for Linux, and of ARM's own driver.
  for (const char* node : {"/dev/dxg", "/dev/mali0"})
    if (std::filesystem::exists(node, none)) return true;
  return has_nvidia && !cuda_has_any();
}

}  // namespace mandel::opencl
