// Tests of the tests: kernels that are wrong in the ways kernels go wrong must be caught by the
// self-test, and by the comparison that every other test here relies on.
#include <algorithm>
#include <gtest/gtest.h>
#include <utility>

#include "kernels/cpu/scalar.h"
#include "kernels/self_test.h"
#include "tests/unit/kernels/compare.h"
#include "tests/unit/kernels/each_backend.h"

namespace mandel {

extern const Backend kContractedBackend;  // of contracted_scalar.cpp

namespace {

using Counts = std::span<std::uint32_t>;

// The right counts, spoilt by `Spoil`.
template <typename Spoil>
class Spoilt final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  Counts out, StopPoll stop) override {
    const KernelStats stats = find_backend("scalar")->make()->run(xs, ys, max_iter, out, stop);
    Spoil{}(xs, ys, max_iter, out);
    return stats;
  }
};

// A vector engine that forgets to write back one lane of one vector.
struct LosesALane {
  void operator()(auto, auto, std::uint32_t, Counts out) const {
    *std::ranges::max_element(out) = 0;
  }
};

// A refill that hands two lanes' results to each other: no sum can tell.
struct SwapsTwoLanes {
  void operator()(auto, auto, std::uint32_t, Counts out) const {
    const auto other = std::ranges::find_if(out, [&](auto count) { return count != out[0]; });
    if (other != out.end()) std::swap(out[0], *other);
  }
};

// A closed form for the cardioid whose margin has the wrong sign: points just outside count as in.
struct WrongMargin {
  void operator()(auto xs, auto ys, std::uint32_t, Counts out) const {
    std::size_t cell = 0;
    for (const double y : ys) {
      for (const double x : xs) {
        const double a = x - 0.25;
        const double q = a * a + y * y;
        if (q * (q + a) - 5e-5 < y * y / 4) out[cell] = 0;
        ++cell;
      }
    }
  }
};

// Tests escape only at the ends of blocks of 8 iterations, and forgets to replay the last block.
struct ForgetsTheReplay {
  void operator()(auto, auto, std::uint32_t max_iter, Counts out) const {
    for (std::uint32_t& count : out)
      if (count != 0) count = std::min(count | 7u, max_iter - 1);
  }
};

struct WritesPastTheEnd {
  void operator()(auto, auto, std::uint32_t, Counts out) const { out.data()[out.size()] = 0; }
};

template <typename Spoil>
constexpr Backend spoilt_backend() {
  return {"spoilt", "cpu", kExactF64, "",
          []() -> std::unique_ptr<Kernel> { return std::make_unique<Spoilt<Spoil>>(); }};
}

Axes cusp() { return view_axes(View{0.25, 0.0, 1e-4, 1e-4, 65, 65}); }

std::optional<std::string> difference_from_reference(const Backend& backend, const Axes& axes,
                                                     std::uint32_t max_iter = 1000) {
  return difference(*backend.make(), axes, max_iter, reference(axes, max_iter));
}

template <typename Spoil>
class Sabotage : public testing::Test {};

using Wrongs = testing::Types<LosesALane, SwapsTwoLanes, WrongMargin, ForgetsTheReplay>;
TYPED_TEST_SUITE(Sabotage, Wrongs);

TYPED_TEST(Sabotage, IsCaughtByTheComparison) {
  EXPECT_NE(difference_from_reference(spoilt_backend<TypeParam>(), cusp()), std::nullopt);
}

// Not WrongMargin: the self-test's three rows are picked for contraction, and pass between the
// points that a thin ribbon around the cardioid would spoil. Margins are for the comparison to
// catch.
TEST(SelfTest, CatchesLanesAndReplaysThatGoWrong) {
  EXPECT_NE(self_test_failure(spoilt_backend<LosesALane>()), std::nullopt);
  EXPECT_NE(self_test_failure(spoilt_backend<SwapsTwoLanes>()), std::nullopt);
  EXPECT_NE(self_test_failure(spoilt_backend<ForgetsTheReplay>()), std::nullopt);
}

TEST(SelfTest, TellsZerosFromCounts) {
  Backend impostor = *find_backend("noop");
  EXPECT_EQ(self_test_failure(impostor), std::nullopt);  // claims nothing
  impostor.semantics = kExactF64;
  EXPECT_NE(self_test_failure(impostor), std::nullopt);
}

TEST(SelfTest, SaysWhenTheMachineCantRunABackend) {
  const Backend absent = {"absent", "cuda", kExactF64, "",
                          [] { return std::unique_ptr<Kernel>(); }};
  EXPECT_EQ(self_test_failure(absent), "this machine can't run it");
}

TEST(Comparison, CatchesAWriteOutsideTheOutput) {
  EXPECT_NE(difference_from_reference(spoilt_backend<WritesPastTheEnd>(), cusp()), std::nullopt);
}

TEST(Comparison, NamesTheFirstWrongPixelAndCountsThem) {
  const Axes axes = {{0.25, 0.5, 1.0}, {0.0}};
  Reference wrong = reference(axes, 100);
  wrong.counts[1] += 5;
  wrong.counts[2] += 1;
  EXPECT_EQ(difference(*find_backend("scalar")->make(), axes, 100, wrong),
            "row 0, column 1, c = 0.5 + 0 i: count 4 instead of 9 (2 of 3 pixels are wrong)");
}

TEST(ContractedBuild, IsCaughtByTheSelfTestAndTheComparison) {
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("fma")) GTEST_SKIP() << "this CPU has no fused multiply-add";
#endif
  EXPECT_NE(self_test_failure(kContractedBackend), std::nullopt);
  EXPECT_NE(difference_from_reference(kContractedBackend, tutorial_axes(1000)), std::nullopt);
}

class EverySelfTest : public EachBackend {};

TEST_P(EverySelfTest, PassesOnThisMachine) {
  EXPECT_EQ(self_test_failure(*find_backend(GetParam())), std::nullopt);
}

INSTANTIATE_TEST_SUITE_P(Kernels, EverySelfTest, testing::ValuesIn(exact_backends()), backend_name);

}  // namespace
}  // namespace mandel
