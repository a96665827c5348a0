// A job as a value that says everything: which coordinates, how many iterations. Two machines that
// hold equal jobs compute equal bits. Bounds are checked in one place, for the command line and for
// the wire alike.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "common/base/error.h"
#include "kernels/deep/view.h"
#include "kernels/grid.h"
#include "kernels/kernel.h"

namespace mandel {

// The tutorial's accumulated grid; see tutorial_axes().
struct TutorialGrid {
  std::uint32_t size = 1000;
  bool operator==(const TutorialGrid&) const = default;
};

// A DeepView's counts are true-count (kernels/deep/engine.h), the others' exact-f64 (kernel.h).
using Grid = std::variant<TutorialGrid, View, DeepView>;

struct Job {
  Grid grid;
  std::uint32_t max_iter = 1000;
  bool operator==(const Job&) const = default;
};

// Limits, with those of kernels/grid.h and kernel.h. They keep every sum below 2^63.
// All decimals of a DeepView together: they must fit a message's head, and a record of the journal.
inline constexpr std::size_t kDeepTextMax = 44 * 1024;
// No chunk of counts is larger than this, anywhere. A frame can't be interrupted: while a large one
// is on its way no beat gets through, and the peer looks silent.
inline constexpr std::uint64_t kChunkBytesMax = std::uint64_t{32} << 20;

// Says which bound the job breaks. A checked job's axes can be made.
Result<void> check(const Job& job);

// What its counts mean.
std::string_view semantics_of(const Job& job);

// The coordinates; of a DeepView rounded, and neighbours may be equal: right for its size, and for
// where about it is. Time in proportion to columns + rows.
Axes axes_of(const Job& job);

}  // namespace mandel
