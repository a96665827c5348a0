// Makes the table of jumps, level by level: two neighbouring jumps make one of twice the length.
// The rules and their proof are in docs/deep.md, "Jumps"; each line below is one line there.
#pragma once

#include <type_traits>

#include "kernels/deep/jumps.h"
#include "kernels/deep/units.h"

namespace mandel {

// How far a jump's A is from the true one: |A - stored| <= jump_error() * unit * |A|. The same
// holds of B: |B - stored| |d| <= jump_error() * unit * |A| g.
constexpr double error_of_merging(std::uint32_t steps) { return 5.3 * steps; }
template <typename R>
constexpr double jump_error(std::uint32_t steps) {
  constexpr bool is_rounded = !std::is_same_v<R, Precise<R>>;
  return is_rounded ? 1.1 : error_of_merging(steps);
}

template <typename R, typename B>
class JumpBuilder {
 public:
  // `tolerance` <= 2^-11.
  JumpBuilder(const Reference& reference, B d_max, double tolerance)
      : reference_(reference), d_max_(d_max), tolerance_(tolerance) {}

  // False if it was stopped.
  bool run(Jumps<R, B>& jumps, const StopPoll& stop) {
    using Table = Jumps<R, B>;
    jumps.levels_.resize(Table::kFirstLevel);
    std::vector<Jump<P, B>> made, shorter;
    const std::size_t steps = std::max(reference_.steps(), 1u) - 1;  // from m = 1 on
    for (unsigned level = Table::kFirstLevel; level < Table::kLevels; ++level) {
      const std::size_t count = steps >> level;
      if (count == 0) break;
      made.clear();
      auto& stored = jumps.levels_.emplace_back();
      stored.reserve(count);
      for (std::size_t j = 0; j < count; ++j) {
        if (j % kJumpsBetweenPolls == 0 && stop.stop_requested()) return false;
        made.push_back(level == Table::kFirstLevel
                           ? of_steps(static_cast<std::uint32_t>(1 + (j << level)), level)
                           : merged(shorter[2 * j], shorter[2 * j + 1], 1u << (level - 1)));
        stored.push_back(rounded_jump(made.back()));
        if (level == Table::kFirstLevel) jumps.shortest_.push_back(stored.back().radius);
      }
      if (level == Table::kFirstLevel && !make_from_start(jumps, made, stop)) return false;
      std::swap(made, shorter);
    }
    return true;
  }

 private:
  using P = Precise<R>;
  static constexpr double kUp = 1 + 0x1p-40, kDown = 1 - 0x1p-40;
  static constexpr double kSlack = 1 + 0x1p-9;
  static constexpr std::size_t kJumpsBetweenPolls = 1 << 12;

  Jump<P, B> of_steps(std::uint32_t m, unsigned level) const {
    if (level == 0) return one_step(m);
    const std::uint32_t half = std::uint32_t{1} << (level - 1);
    return merged(of_steps(m, level - 1), of_steps(m + half, level - 1), half);
  }

  // Block after block; kept before the radius is a sixteenth. False if it was stopped.
  bool make_from_start(Jumps<R, B>& jumps, const std::vector<Jump<P, B>>& blocks,
                       const StopPoll& stop) const {
    Jump<P, B> all = blocks.front();
    std::uint32_t steps = std::uint32_t{1} << Jumps<R, B>::kFirstLevel;
    B widest = all.radius;  // since one was kept
    for (std::size_t j = 1; j <= blocks.size(); ++j) {
      if (j % kJumpsBetweenPolls == 0 && stop.stop_requested()) return false;
      const Jump<P, B> more = j == blocks.size() ? Jump<P, B>() : merged(all, blocks[j], steps);
      if (more.radius * 16 < widest) {
        jumps.from_start_.push_back({rounded_jump(all), steps});
        widest = more.radius;
      }
      if (!(more.radius > B(0.0))) break;
      all = more;
      steps += std::uint32_t{1} << Jumps<R, B>::kFirstLevel;
    }
    return true;
  }

  // At least, and at most, the size of the true number; it may be off by its rounding alone.
  static B size_of(Complex<P> z) {
    using std::sqrt;
    return sqrt(rough_square(z)) * kUp;
  }

  Jump<P, B> one_step(std::uint32_t m) const {
    Jump<P, B> jump;
    const Complex<P> y = reference_.template at<P>(m);
    jump.a = y + y;
    jump.b = {P(1.0), P(0.0)};
    jump.size = size_of(jump.a);
    const B size_low = jump.size * (kDown * kDown * kDown);
    jump.k = B(1.0);
    if (!(size_low > B(kSizeMin))) return jump;
    jump.g = d_max_ / size_low * kUp;
    // Nobody escapes: |Z(m+1)| + |A| (radius + g) (1 + 2^-9) <= 2 - 2^-20.
    const B room = B(2 - 0x1p-20) - size_of(reference_.template at<P>(m + 1)) * kUp;
    const B escape = room / (jump.size * kSlack) * kDown - jump.g * kUp;
    const B accuracy = size_low * tolerance_ - jump.g * kUp;
    jump.radius = at_least_0(std::min(escape, accuracy) * kDown);
    return jump;
  }

  // First x, which is of so many steps, then y.
  Jump<P, B> merged(const Jump<P, B>& x, const Jump<P, B>& y, std::uint32_t steps) const {
    Jump<P, B> jump;
    jump.a = y.a * x.a;
    jump.b = y.a * x.b + y.b;
    jump.size = y.size * x.size * kUp;
    jump.k = (y.size * x.k + y.k * x.size * x.size * kSlack) * kUp;
    const B x_low = size_of(x.a) * kLow, low = size_of(jump.a) * kLow;
    const B b_size = size_of(x.b) * d_max_ + x.size * x.g * (error_of_merging(steps) * kUnit<P>);
    const bool is_usable = x.radius > B(0.0) && y.radius > B(0.0) && x_low > B(kSizeMin) &&
                           low > B(kSizeMin) && is_in_range(jump.size) && is_in_range(b_size);
    if (!is_usable) return jump;  // its radius is 0: for the reference's own point alone
    jump.g = std::max(x.g, (b_size + y.g) / x_low * kUp);
    const B into_y = y.radius / (x.size * kSlack) * kDown - jump.g * kUp;
    const B growth = low * 0x1p-11 / jump.k * kDown - jump.g * kUp;
    jump.radius = at_least_0(std::min(std::min(x.radius, into_y), growth) * kDown);
    return jump;
  }

  // (NaN is not, either.)
  static bool is_in_range(B size) { return kIsWide<P> || size < B(kSizeMax); }

  static Jump<R, B> rounded_jump(const Jump<P, B>& jump) {
    const auto round = [](Complex<P> z) -> Complex<R> {
      if constexpr (std::is_same_v<R, P>)
        return z;
      else
        return {rough(z.x), rough(z.y)};
    };
    return {round(jump.a), round(jump.b), jump.size, jump.g, jump.k, jump.radius};
  }

  static B at_least_0(B value) { return value > B(0.0) ? value : B(0.0); }

  // From an upper to a lower bound of |A|.
  static constexpr double kLow = 1 - 0x1p-20;
  // Divisions by less would overflow.
  static constexpr double kSizeMin = kIsWide<P> ? 0.0 : 0x1p-400;
  static constexpr double kSizeMax = 0x1p400;

  const Reference& reference_;
  const B d_max_;
  const double tolerance_;
};

}  // namespace mandel
