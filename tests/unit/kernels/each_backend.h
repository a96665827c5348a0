// Parameterised tests over the registry: a backend is tested because it is registered, so that no
// new one can be forgotten.
#pragma once

#include <cctype>
#include <gtest/gtest.h>
#include <string>
#include <vector>

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

// Base of the fixtures: makes the kernel, or skips the test where this machine can't run it.
class EachBackend : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    kernel = find_backend(GetParam())->make();
    if (!kernel) GTEST_SKIP() << "this machine can't run " << GetParam();
  }

  std::unique_ptr<Kernel> kernel;
};

}  // namespace mandel
