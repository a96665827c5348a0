// Which library this is, and which kernels it has.
#include <string>

#include "kernels/c_api/structs.h"
#include "kernels/deep/engine.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"

namespace mandel {
namespace {

// All views of a backend point to literals, which end with a zero.
mandel_kernel_info info_at(std::size_t index) {
  const auto all = backends();
  if (index < all.size()) {
    const Backend& backend = all[index];
    return {0, backend.name.data(), backend.device.data(), backend.semantics.data(),
            backend.summary.data()};
  }
  const auto deep = deep_backends();
  if (index - all.size() >= deep.size())
    throw Fault(MANDEL_BAD_ARGUMENT, "there are " + std::to_string(mandel_kernel_count()) +
                                         " kernels, and no number " + std::to_string(index));
  const DeepBackend& backend = deep[index - all.size()];
  return {0, backend.name.data(), "cpu", kTrueCount.data(), backend.summary.data()};
}

void check(std::string_view name, const std::string& failure) {
  if (!failure.empty())
    throw Fault(MANDEL_NO_KERNEL,
                "kernel " + std::string(name) + " failed its self-test: " + failure);
}

void test_all() {
  for (const Backend& backend : backends()) {
    if (backend.may_have_devices != nullptr && !backend.may_have_devices()) continue;
    if (const auto kernel = backend.make())
      check(backend.name, self_test_failure(*kernel, backend.semantics).value_or(""));
  }
  for (const DeepBackend& backend : deep_backends())
    check(backend.name, self_test_failure(backend).value());
}

}  // namespace
}  // namespace mandel

int mandel_interface() { return MANDEL_INTERFACE; }

const char* mandel_version() { return MANDEL_VERSION; }

size_t mandel_kernel_count() { return mandel::backends().size() + mandel::deep_backends().size(); }

int mandel_kernel_at(size_t index, mandel_kernel_info* info, char* error, size_t error_bytes) {
  return mandel::guarded(error, error_bytes, [&] {
    (void)mandel::read_struct(mandel::needed(info, "info"), "mandel_kernel_info");
    mandel::write_struct(mandel::info_at(index), *info);
  });
}

int mandel_self_test(char* error, size_t error_bytes) {
  return mandel::guarded(error, error_bytes, mandel::test_all);
}
