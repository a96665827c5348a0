// The self-test of engine.h: pictures that are small, and known by two ways of computing them (this
// project's oracle, and a program of other bounds).
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "kernels/deep/engine.h"

namespace mandel {
namespace {

struct KnownPicture {
  DeepView view;
  std::uint32_t max_iter;
  std::uint64_t sum;
};

const std::array<KnownPicture, 3> kKnown = {{
    // Near the seahorse valley: a fifth of a double's counts are wrong here.
    {{"-0.743643887037151", "0.13182590420533", "1e-11", "1e-11", 8, 8}, 5000, 79700},
    // By a minibrot of size 1e-32, which takes more than doubles for some pixels.
    {{"-0.7436438870380269643073976310191860015287622385733264559996283605201636305040545",
      "0.1318259059636110644885215774975215894333904124250380248779455057280459341198983",
      "3.5e-33", "3.5e-33", 8, 8},
     60760,
     2218210},
    // A tip of the set, where differences are far below what a double holds.
    {{"0", "1", "1e-400", "1e-400", 8, 8}, 3000, 68111},
}};

std::optional<std::string> failure_at(const DeepBackend& backend, const KnownPicture& known,
                                      const StopPoll& stop) {
  const DeepView& view = known.view;
  std::vector<std::uint32_t> counts(std::size_t{view.columns} * view.rows);
  if (backend.make(view, known.max_iter)->run(0, view.rows, counts, stop).stopped)
    return std::nullopt;
  std::uint64_t sum = 0;
  for (const std::uint32_t count : counts) sum += count;
  if (sum == known.sum) return "";
  return "wrong counts at " + view.re + ", " + view.im + ": their sum is " + std::to_string(sum) +
         ", not " + std::to_string(known.sum);
}

}  // namespace

std::optional<std::string> self_test_failure(const DeepBackend& backend, const StopPoll& stop) try {
  for (const KnownPicture& known : kKnown)
    if (auto failure = failure_at(backend, known, stop); failure != "") return failure;
  return "";
} catch (const DeepError& error) {
  return error.what();
}

}  // namespace mandel
