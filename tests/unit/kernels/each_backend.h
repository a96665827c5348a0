// Parameterised tests over the registry: a backend is tested because it is registered, so that no
// new one can be forgotten.
#pragma once

#include <cctype>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "kernels/device_list.h"
#include "kernels/registry.h"

namespace mandel {

// Names of the backends whose counts must equal the reference's bit for bit.
inline std::vector<std::string> exact_backends() {
  std::vector<std::string> names;
  for (const Backend& backend : backends())
    if (backend.semantics == kExactF64) names.emplace_back(backend.name);
  return names;
}

// GoogleTest allows letters, digits and underscores only.
inline std::string identifier(std::string text) {
  for (char& c : text)
    if (!std::isalnum(static_cast<unsigned char>(c))) c = '_';
  return text;
}

// Names the instances of INSTANTIATE_TEST_SUITE_P(..., ValuesIn(exact_backends()), backend_name).
inline std::string backend_name(const testing::TestParamInfo<std::string>& info) {
  return identifier(info.param);
}

// Empty if this machine can run it.
inline std::string why_not_tested(const Backend& backend) {
  if (backend.make()) return {};
  return "this machine can't run " + std::string(backend.name) +
         (backend.devices != nullptr ? ": " + backend.devices().why_none : "");
}

// Base of the fixtures: makes the kernel, or skips the test where this machine can't run it.
class EachBackend : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const Backend& backend = *find_backend(GetParam());
    if (const std::string why = why_not_tested(backend); !why.empty()) GTEST_SKIP() << why;
    kernel = backend.make();
  }

  std::unique_ptr<Kernel> kernel;
};

}  // namespace mandel
