// See reference.h.
#include "kernels/deep/reference.h"

#include <algorithm>
#include <string>

#include "kernels/deep/ball.h"
#include "kernels/deep/engine.h"

namespace mandel {
namespace {

// The error of every Z is to stay this many bits below it.
constexpr long kErrorBits = 112, kErrorBitsOfTriples = 200;
// That takes some more than this, beyond a pixel's own bits.
constexpr long kOrbitSpareBits = 88;
constexpr long kOrbitSpareBitsMax = 1 << 16;
constexpr std::int64_t kTinyExponent = -880;

enum class Built { kDone, kNeedsBits, kStopped };

class Builder {
 public:
  Builder(Ball& ball, long bits, long pixel_bits, bool has_triples, std::size_t bytes_max)
      : ball_(ball),
        t_(bits),
        square_(bits),
        has_triples_(has_triples),
        error_bits_(has_triples ? kErrorBitsOfTriples : kErrorBits),
        zero_(1.0, -(pixel_bits + error_bits_ - 2)),
        bytes_max_(bytes_max) {
    keep_zero();
  }

  Built run(std::uint32_t max_iter, std::uint32_t steps_between_polls, const StopPoll& stop) {
    for (std::uint32_t m = 1; m <= max_iter; ++m) {
      if (m % steps_between_polls == 0 && stop.stop_requested()) return Built::kStopped;
      ball_.step();
      if (ball_.size() + ball_.error() < zero_) {
        end_at_zero();
        break;
      }
      if (ball_.error() > ball_.size() * Wide(1.0, -error_bits_)) return Built::kNeedsBits;
      keep(m);
      if (ball_.where() != Ball::Where::kInside) break;
    }
    return Built::kDone;
  }

  Reference take() { return std::move(reference_); }

 private:
  void keep_zero() {
    reference_.x.emplace_back();
    reference_.y.emplace_back();
    if (has_triples_) reference_.triples.emplace_back();
  }

  // A Z so far below a pixel is as good as 0.
  void end_at_zero() {
    keep_zero();
    reference_.last_error = ball_.size() + ball_.error();
  }

  void keep(std::uint32_t m) {
    const WidePair x = to_wide_pair(ball_.x(), t_), y = to_wide_pair(ball_.y(), t_);
    const bool is_tiny = std::max(x.exponent(), y.exponent()) < kTinyExponent;
    if (is_tiny) reference_.tiny.push_back({m, x, y});
    reference_.x.push_back(is_tiny ? Pair() : x.narrow());
    reference_.y.push_back(is_tiny ? Pair() : y.narrow());
    if (has_triples_) reference_.triples.push_back({Triple(ball_.x()), Triple(ball_.y())});
    if (ball_.size() > 1.8) keep_near_two(m);
    if (reference_.bytes() > bytes_max_)
      throw DeepError("the reference orbit would take more than " +
                      std::to_string(bytes_max_ >> 20) + " MiB of memory, which holds " +
                      std::to_string(m) + " of its iterations; lower --max-iter");
  }

  void keep_near_two(std::uint32_t m) {
    ball_.square_minus_4(square_);
    if (!(abs(to_wide(square_)) < 0.5)) return;
    const WidePair kept = to_wide_pair(square_, t_);
    const Wide rounding = abs(rough(kept)) * 0x1p-105;
    reference_.near_two.push_back({m, kept, ball_.square_minus_4_error() + rounding});
  }

  Ball& ball_;
  Real t_, square_;
  const bool has_triples_;
  const long error_bits_;
  const Wide zero_;
  const std::size_t bytes_max_;
  Reference reference_;
};

template <typename Entry>
const Entry* find(const std::vector<Entry>& entries, std::uint32_t m) {
  const auto found = std::ranges::lower_bound(entries, m, {}, &Entry::m);
  return found == entries.end() || found->m != m ? nullptr : &*found;
}

}  // namespace

const Reference::Tiny* Reference::find_tiny(std::uint32_t m) const { return find(tiny, m); }

const NearTwo* Reference::find_near_two(std::uint32_t m) const { return find(near_two, m); }

Reference reference_orbit(const mpq_class& x, const mpq_class& y, std::uint32_t max_iter,
                          long pixel_bits, std::size_t bytes_max, const StopPoll& stop,
                          bool has_triples) {
  const long first = kOrbitSpareBits + (has_triples ? kErrorBitsOfTriples : kErrorBits);
  for (long spare = first; spare <= kOrbitSpareBitsMax; spare *= 2) {
    const long bits = std::max(pixel_bits, 0L) + spare;
    Ball ball(x, y, bits);
    Builder builder(ball, bits, pixel_bits, has_triples, bytes_max);
    switch (builder.run(max_iter, static_cast<std::uint32_t>(kBitsBetweenPolls / bits + 1), stop)) {
      case Built::kDone:
        return builder.take();
      case Built::kStopped: {
        Reference stopped;
        stopped.is_stopped = true;
        return stopped;
      }
      case Built::kNeedsBits:
        break;
    }
  }
  throw DeepError("the orbit of the view's centre comes closer to 0 than " +
                  std::to_string(kOrbitSpareBitsMax) + " bits can tell; move the centre a little");
}

Reference orbit_of_zero() {
  Reference reference;
  reference.x.resize(2);
  reference.y.resize(2);
  return reference;
}

}  // namespace mandel
