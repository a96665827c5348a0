// See oracle.h.
#include "kernels/deep/oracle.h"

#include <algorithm>
#include <optional>
#include <string>

#include "kernels/deep/ball.h"
#include "kernels/deep/engine.h"
#include "kernels/deep/exact.h"

namespace mandel {
namespace {

// Beyond a pixel's own bits, at the first try. The error grows as the distance of neighbouring
// pixels' orbits does, so these are what is left where the orbit ends.
constexpr long kSpareBits = 96;
constexpr long kBitsTimesMax = 64;

enum class Outcome { kDecided, kUndecided, kStopped };

Ball::Where exactly(const mpq_class& x, const mpq_class& y, std::uint32_t n) {
  const std::optional<bool> is_outside = is_outside_exactly(x, y, n);
  if (!is_outside) return Ball::Where::kUndecided;
  return *is_outside ? Ball::Where::kOutside : Ball::Where::kInside;
}

Outcome try_with(Ball& ball, const mpq_class& x, const mpq_class& y, long bits, bool is_last,
                 std::uint32_t max_iter, const StopPoll& stop, OracleCount& result) {
  const auto steps_between_polls = static_cast<std::uint32_t>(kBitsBetweenPolls / bits + 1);
  for (std::uint32_t n = 0; n < max_iter; ++n) {
    if (n % steps_between_polls == 0 && stop.stop_requested()) return Outcome::kStopped;
    ball.step();
    Ball::Where where = ball.where();
    if (where == Ball::Where::kUndecided && is_last) where = exactly(x, y, n);
    if (where == Ball::Where::kUndecided) return Outcome::kUndecided;
    if (where == Ball::Where::kInside) continue;
    result.count = n;
    result.iterations = std::uint64_t{n} + 1;
    return Outcome::kDecided;
  }
  result.iterations = max_iter;
  return Outcome::kDecided;
}

}  // namespace

OracleCount true_count(const mpq_class& x, const mpq_class& y, std::uint32_t max_iter,
                       long pixel_bits, const StopPoll& stop) {
  switch (known_orbit(x, y)) {
    case KnownOrbit::kInside:
      return {0, max_iter, false};
    case KnownOrbit::kEscapesAtOnce:
      return {0, std::min(max_iter, 1u), false};
    case KnownOrbit::kNone:
      break;
  }
  const long pixel = std::max(pixel_bits, 0L);
  const long most = (pixel + kSpareBits) * kBitsTimesMax;
  for (long spare = kSpareBits; pixel + spare <= most; spare *= 2) {
    OracleCount result;
    Ball ball(x, y, pixel + spare);
    const Outcome outcome =
        try_with(ball, x, y, pixel + spare, pixel + 2 * spare > most, max_iter, stop, result);
    if (outcome == Outcome::kDecided) return result;
    if (outcome == Outcome::kStopped) return {0, 0, true};
  }
  throw DeepError("a pixel's orbit touches |z| = 2, or comes closer to it than " +
                  std::to_string(most) +
                  " bits can tell: its count can't be proved; move the view by a part of a pixel");
}

}  // namespace mandel
