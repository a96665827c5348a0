// What only the OpenCL backends have: a compiler on the other side that may contract, calls that
// may fail, bands by the device's size. Their counts are tested beside all others'. On whatever
// device there is, a CPU's (PoCL) most often.
#include "kernels/opencl/engine.h"

#include <gtest/gtest.h>
#include <list>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "kernels/device_list.h"
#include "kernels/opencl/devices.h"
#include "kernels/registry.h"
#include "kernels/self_test.h"
#include "tests/unit/kernels/compare.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel::opencl {
namespace {

class OpenCl : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = why_not_tested(*find_backend("opencl")); !why.empty())
      GTEST_SKIP() << why;
    device = device_of(devices().devices.front().id);
  }

  cl_device_id device = nullptr;
};

// One of the ways in which a compiler that ignores the pragma may contract: what it would make of
// the source. (Of the test |z|^2 > 4 alone none would: the golden rows don't tell that.)
struct Contraction {
  std::string name;
  std::vector<std::pair<std::string, std::string>> rewritten;
};

void PrintTo(const Contraction& contraction, std::ostream* out) { *out << contraction.name; }

class OpenClContracted : public OpenCl, public testing::WithParamInterface<Contraction> {};

TEST_P(OpenClContracted, FailsTheSelfTest) {
  static std::list<std::string> sources;  // builds are kept by their texts' addresses
  std::string& source = sources.emplace_back(kSource);
  for (const auto& [from, to] : GetParam().rewritten) {
    const std::size_t at = source.find(from);
    ASSERT_NE(at, std::string::npos) << from;
    source.replace(at, from.size(), to);
    ASSERT_EQ(source.find(from), std::string::npos) << from;
  }
  for (const MakeProgram make : {make_simple_program, make_refill_program}) {
    Engine engine(device, make, source.c_str());
    const auto failure = self_test_failure(engine, kExactF64);
    ASSERT_NE(failure, std::nullopt);
    EXPECT_NE(failure->find("wrong counts"), std::string::npos) << *failure;
  }
}

const Contraction kContractions[] = {
    {"XSquaredMinus",
     {{"subtract(multiply(z.x, z.x), multiply(z.y, z.y))", "fma(z.x, z.x, -multiply(z.y, z.y))"},
      {"subtract(xx, yy)", "fma(z.x, z.x, -yy)"}}},
    {"MinusYSquared",
     {{"subtract(multiply(z.x, z.x), multiply(z.y, z.y))", "fma(-z.y, z.y, multiply(z.x, z.x))"},
      {"subtract(xx, yy)", "fma(-z.y, z.y, xx)"}}},
    {"EverythingFused",
     {{"subtract(multiply(z.x, z.x), multiply(z.y, z.y))", "fma(z.x, z.x, -multiply(z.y, z.y))"},
      {"subtract(xx, yy)", "fma(z.x, z.x, -yy)"},
      {"return add(multiply(z.x, z.x), multiply(z.y, z.y));",
       "return fma(z.x, z.x, multiply(z.y, z.y));"},
      {"add(xx, yy) > ", "fma(z.x, z.x, yy) > "}}},
};
INSTANTIATE_TEST_SUITE_P(Ways, OpenClContracted, testing::ValuesIn(kContractions),
                         [](const auto& instance) { return instance.param.name; });

TEST_F(OpenCl, SaysWhatItsCompilerRefuses) {
  Engine engine(device, make_simple_program, "__kernel void follow_pixels(");
  const Axes axes = tutorial_axes(10);
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  try {
    engine.run(axes.xs, axes.ys, 10, counts, {});
    FAIL() << "nothing was thrown";
  } catch (const DeviceError& error) {
    EXPECT_EQ(std::string(error.what()).find("OpenCL could not compile the kernels ["), 0u)
        << error.what();
  }
}

TEST_F(OpenCl, CutsAGridIntoBandsAnywhereInARow) {
  for (const MakeProgram make : {make_simple_program, make_refill_program}) {
    Engine engine(device, make);
    const Axes axes = view_axes({-0.5, 0, 2e-3, 2e-3, 1501, 501});
    EXPECT_EQ(difference(engine, axes, 30, reference(axes, 30)), std::nullopt);
  }
}

// Sums are 64-bit, atomics 32-bit.
TEST_F(OpenCl, CountsMoreIterationsThan32BitsHold) {
  Engine engine(device, make_refill_program);
  const Axes inside = view_axes({-0.1, 0.1, 1e-3, 1e-3, 31, 29});
  std::vector<std::uint32_t> counts(31 * 29);
  const KernelStats stats = engine.run(inside.xs, inside.ys, 0x7fffffff, counts, {});
  EXPECT_EQ(stats.skipped, 31u * 29u * std::uint64_t{0x7fffffff});
  EXPECT_EQ(stats.executed, 0u);
}

// Every call of OpenCL, made to fail after so many. Calls count together.
int calls_left = -1;  // below 0: none is to fail
Api real;

template <auto kMember, class Function>
struct Failing;
template <auto kMember, class Result, class... Arguments>
struct Failing<kMember, Result (*)(Arguments...)> {
  static Result call(Arguments... arguments) {
    if (calls_left < 0 || calls_left-- > 0) return (real.*kMember)(arguments...);
    if constexpr (std::is_same_v<Result, cl_int>) {
      return CL_OUT_OF_RESOURCES;
    } else {  // the status is the last argument
      *std::get<sizeof...(Arguments) - 1>(std::tuple(arguments...)) = CL_OUT_OF_RESOURCES;
      return nullptr;
    }
  }
};

template <auto kMember>
void make_failing() {
  auto& function = api().*kMember;
  using Function = std::remove_reference_t<decltype(function)>;
  function = Failing<kMember, Function>::call;
}

class OpenClFailing : public OpenCl {
 protected:
  void SetUp() override {
    OpenCl::SetUp();
    if (IsSkipped()) return;
    real = api();
    make_failing<&Api::clCreateBuffer>();
    make_failing<&Api::clCreateCommandQueue>();
    make_failing<&Api::clCreateKernel>();
    make_failing<&Api::clEnqueueFillBuffer>();
    make_failing<&Api::clEnqueueNDRangeKernel>();
    make_failing<&Api::clEnqueueReadBuffer>();
    make_failing<&Api::clEnqueueWriteBuffer>();
    make_failing<&Api::clFlush>();
    make_failing<&Api::clGetEventProfilingInfo>();
    make_failing<&Api::clSetKernelArg>();
    make_failing<&Api::clWaitForEvents>();
  }
  ~OpenClFailing() override {
    calls_left = -1;
    if (real.clFlush != nullptr) api() = real;
  }
};

// Whichever call fails, the run throws, and the next one is right.
TEST_F(OpenClFailing, OutlivesAFailureOfAnyCall) {
  const Axes axes = tutorial_axes(40);
  const Reference right = reference(axes, 300);
  for (const MakeProgram make : {make_simple_program, make_refill_program}) {
    for (int calls = 0;; ++calls) {
      SCOPED_TRACE(calls);
      Engine engine(device, make);
      calls_left = calls;
      bool has_thrown = false;
      try {
        ASSERT_EQ(difference(engine, axes, 300, right), std::nullopt);
      } catch (const DeviceError&) {
        has_thrown = true;
      }
      const bool has_failed = calls_left < 0;
      calls_left = -1;
      ASSERT_EQ(has_thrown, has_failed);
      if (!has_failed) break;
      ASSERT_EQ(difference(engine, axes, 300, right), std::nullopt);
    }
  }
}

TEST_F(OpenClFailing, OfALostDeviceThrowsEveryTimeAndIsDestroyedQuietly) {
  const Axes axes = tutorial_axes(40);
  std::vector<std::uint32_t> counts(axes.xs.size() * axes.ys.size());
  Engine engine(device, make_refill_program);
  engine.run(axes.xs, axes.ys, 100, counts, {});
  for (int i = 0; i < 3; ++i) {
    calls_left = 0;
    EXPECT_THROW(engine.run(axes.xs, axes.ys, 100, counts, {}), DeviceError);
  }
}

}  // namespace
}  // namespace mandel::opencl
