// The `deep` backend: a pixel's orbit as the difference to a reference, first in doubles, then in
// pairs of them, at last by the oracle. Each rung carries a proved bound of its error and does what
// the one before could not decide. So every count is proved, and most cost microseconds.
#include <chrono>
#include <vector>

#include "kernels/deep/backends.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/lazy.h"
#include "kernels/deep/oracle.h"
#include "kernels/deep/real.h"
#include "kernels/deep/reference.h"
#include "kernels/deep/rung.h"

namespace mandel {
namespace {

// The jumps' tolerances: a smaller one decides more pixels, a larger one makes longer jumps. The
// counts are the same with any.
constexpr double kTolerance = 0x1p-44, kTolerancePairs = 0x1p-66;
constexpr std::size_t kReferenceBytesMax = std::size_t{1} << 30;
// Of views with wider pixels, doubles hold c itself.
constexpr long kShallowBits = 24;
// Pixels below 2^-400 need numbers with an exponent until their orbits have grown.
constexpr long kNarrowBitsMax = 390;

using Clock = std::chrono::steady_clock;

std::uint64_t ns_since(Clock::time_point from) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - from).count());
}

WidePair to_wide_pair(const mpq_class& value) {
  constexpr mpfr_prec_t kBits = 200;
  Real t(kBits), rest(kBits);
  t.set(value);
  const Wide high = to_wide(t);
  if (high.is_zero()) return {};
  mpfr_set_d(rest, high.mantissa(), MPFR_RNDN);
  mpfr_mul_2si(rest, rest, high.exponent(), MPFR_RNDN);
  mpfr_sub(t, t, rest, MPFR_RNDN);
  mpfr_mul_2si(t, t, -high.exponent(), MPFR_RNDN);
  return {Pair(high.mantissa(), mpfr_get_d(t, MPFR_RNDN)), high.exponent()};
}

// The two rungs of one kind of numbers: with and without an exponent.
template <typename Narrow, typename Exponent>
class Step {
 public:
  Step(double tolerance) : tolerance_(tolerance) {}

  struct Picture {
    const Reference& reference;
    Wide d_max;
    bool is_narrow;  // all pixels' d are doubles
    std::uint32_t max_iter;
  };

  // The pixel's end; kEscaped sets spot_n. Null poll end: kStopped.
  RungEnd run(const Picture& picture, Complex<WidePair> d, const StopPoll& stop, std::uint32_t& n,
              std::uint64_t& work, std::uint64_t& preparation_ns) {
    Spot<Narrow, double> narrow;
    Spot<Exponent, Wide> wide;
    bool is_wide = !picture.is_narrow;
    for (;;) {
      RungEnd end;
      if (is_wide) {
        const auto* rung = wide_rung(picture, stop, preparation_ns);
        if (rung == nullptr) return RungEnd::kStopped;
        end = rung->run(wide, {rounded<Exponent>(d.x), rounded<Exponent>(d.y)}, picture.max_iter,
                        stop, work);
        n = wide.n;
        if (end != RungEnd::kLargeEnough) return end;
        narrow = {wide.n,
                  wide.m,
                  {wide.delta.x.narrow(), wide.delta.y.narrow()},
                  bound_of<double>(wide.error)};
      } else {
        const auto* rung = narrow_rung(picture, stop, preparation_ns);
        if (rung == nullptr) return RungEnd::kStopped;
        Complex<Narrow> narrow_d;
        if (picture.is_narrow) narrow_d = {rounded<Narrow>(d.x), rounded<Narrow>(d.y)};
        end = rung->run(narrow, narrow_d, picture.max_iter, stop, work);
        n = narrow.n;
        if (end != RungEnd::kTooSmall) return end;
        wide = {narrow.n,
                narrow.m,
                {Exponent(narrow.delta.x, 0), Exponent(narrow.delta.y, 0)},
                Wide(narrow.error)};
      }
      is_wide = !is_wide;
    }
  }

 private:
  template <typename R, typename B>
  const Rung<R, B>* make(Lazy<Rung<R, B>>& lazy, const Picture& picture, B d_max, bool has_d,
                         const StopPoll& stop, std::uint64_t& preparation_ns) {
    const auto began = Clock::now();
    const Rung<R, B>* rung = lazy.get(
        [&] {
          auto made =
              std::make_unique<Rung<R, B>>(picture.reference, d_max, tolerance_, has_d, stop);
          if (made->is_stopped()) made.reset();
          return made;
        },
        stop);
    if (const std::uint64_t ns = ns_since(began); ns > 10'000) preparation_ns += ns;
    return rung;
  }

  const Rung<Narrow, double>* narrow_rung(const Picture& picture, const StopPoll& stop,
                                          std::uint64_t& preparation_ns) {
    const double d_max = picture.is_narrow ? bound_of<double>(picture.d_max) : 0x1p-400;
    return make(narrow_, picture, d_max, picture.is_narrow, stop, preparation_ns);
  }

  const Rung<Exponent, Wide>* wide_rung(const Picture& picture, const StopPoll& stop,
                                        std::uint64_t& preparation_ns) {
    return make(wide_, picture, picture.d_max, true, stop, preparation_ns);
  }

  const double tolerance_;
  Lazy<Rung<Narrow, double>> narrow_;
  Lazy<Rung<Exponent, Wide>> wide_;
};

class LadderEngine final : public DeepEngine {
 public:
  LadderEngine(const DeepView& view, std::uint32_t max_iter)
      : grid_(view), columns_(view.columns), max_iter_(max_iter) {}

  KernelStats run(std::uint32_t first_row, std::uint32_t rows, std::span<std::uint32_t> out,
                  StopPoll stop) override;

 private:
  struct Prepared {
    Reference reference;
    mpq_class x, y;            // the reference's point
    std::vector<WidePair> dx;  // of the columns
    Wide d_max;
    bool is_narrow;
  };
  struct Cell {
    std::uint32_t row, column;
  };

  std::unique_ptr<Prepared> prepare(const StopPoll& stop) const;
  // Runs one step of the ladder over `cells`, leaves in there those that it could not decide.
  template <typename StepOfLadder>
  void climb(StepOfLadder& step, const Prepared& prepared, std::vector<Cell>& cells,
             std::uint32_t first_row, std::span<std::uint32_t> out, const StopPoll& stop,
             KernelStats& stats);
  void ask_oracle(const std::vector<Cell>& cells, std::uint32_t first_row,
                  std::span<std::uint32_t> out, const StopPoll& stop, KernelStats& stats) const;

  const ExactGrid grid_;
  const std::uint32_t columns_;
  const std::uint32_t max_iter_;
  Lazy<Prepared> prepared_;
  Step<double, Wide> doubles_{kTolerance};
  Step<Pair, WidePair> pairs_{kTolerancePairs};
};

std::unique_ptr<LadderEngine::Prepared> LadderEngine::prepare(const StopPoll& stop) const {
  auto made = std::make_unique<Prepared>();
  if (grid_.pixel_bits() <= kShallowBits) {
    made->reference = orbit_of_zero();
  } else {
    made->x = grid_.centre_x();
    made->y = grid_.centre_y();
    made->reference =
        reference_orbit(made->x, made->y, max_iter_, grid_.pixel_bits(), kReferenceBytesMax, stop);
    if (made->reference.is_stopped) return nullptr;
  }
  made->dx.reserve(columns_);
  Wide widest;
  for (std::uint32_t k = 0; k < columns_; ++k) {
    if (k % 1024 == 0 && stop.stop_requested()) return nullptr;
    made->dx.push_back(to_wide_pair(grid_.x(k) - made->x));
    widest = std::max(widest, abs(rough(made->dx.back())));
  }
  const Wide top = abs(rough(to_wide_pair(grid_.y(0) - made->y)));
  const Wide bottom = abs(rough(to_wide_pair(grid_.y(grid_.rows() - 1) - made->y)));
  made->d_max = size_up(widest, std::max(top, bottom));
  made->is_narrow = grid_.pixel_bits() <= kNarrowBitsMax;
  return made;
}

template <typename StepOfLadder>
void LadderEngine::climb(StepOfLadder& step, const Prepared& prepared, std::vector<Cell>& cells,
                         std::uint32_t first_row, std::span<std::uint32_t> out,
                         const StopPoll& stop, KernelStats& stats) {
  const typename StepOfLadder::Picture picture{prepared.reference, prepared.d_max,
                                               prepared.is_narrow, max_iter_};
  std::vector<Cell> left;
  std::uint32_t row = UINT32_MAX;
  WidePair dy;
  for (const Cell& cell : cells) {
    if (cell.row != row) dy = to_wide_pair(grid_.y((row = cell.row)) - prepared.y);
    std::uint32_t n = 0;
    std::uint64_t work = 0;
    const RungEnd end =
        step.run(picture, {prepared.dx[cell.column], dy}, stop, n, work, stats.preparation_ns);
    if (end == RungEnd::kStopped) {
      stats.stopped = true;
      return;
    }
    if (end == RungEnd::kUndecided) {
      left.push_back(cell);
      continue;
    }
    const std::uint64_t iterations = end == RungEnd::kEscaped ? n : max_iter_;
    out[std::size_t{cell.row - first_row} * columns_ + cell.column] =
        end == RungEnd::kEscaped ? n - 1 : 0;
    stats.executed += work;
    stats.skipped += iterations - work;
  }
  cells = std::move(left);
}

void LadderEngine::ask_oracle(const std::vector<Cell>& cells, std::uint32_t first_row,
                              std::span<std::uint32_t> out, const StopPoll& stop,
                              KernelStats& stats) const {
  for (const Cell& cell : cells) {
    const OracleCount pixel =
        true_count(grid_.x(cell.column), grid_.y(cell.row), max_iter_, grid_.pixel_bits(), stop);
    if ((stats.stopped = pixel.stopped)) return;
    out[std::size_t{cell.row - first_row} * columns_ + cell.column] = pixel.count;
    stats.executed += pixel.iterations;
  }
}

KernelStats LadderEngine::run(std::uint32_t first_row, std::uint32_t rows,
                              std::span<std::uint32_t> out, StopPoll stop) {
  KernelStats stats;
  if (max_iter_ == 0) {
    std::ranges::fill(out, 0u);
    return stats;
  }
  const auto began = Clock::now();
  const Prepared* prepared = prepared_.get([&] { return prepare(stop); }, stop);
  stats.preparation_ns = ns_since(began);
  if ((stats.stopped = prepared == nullptr)) return stats;
  std::vector<Cell> cells;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    const bool is_real = grid_.y(row) == 0;
    for (std::uint32_t column = 0; column < columns_; ++column) {
      if (is_real && known_orbit(grid_.x(column), 0) == KnownOrbit::kInside) {
        out[std::size_t{row - first_row} * columns_ + column] = 0;
        stats.skipped += max_iter_;
      } else {
        cells.push_back({row, column});
      }
    }
  }
  climb(doubles_, *prepared, cells, first_row, out, stop, stats);
  if (stats.stopped) return stats;
  stats.undecided_first = cells.size();
  climb(pairs_, *prepared, cells, first_row, out, stop, stats);
  if (stats.stopped) return stats;
  stats.undecided_second = cells.size();
  ask_oracle(cells, first_row, out, stop, stats);
  return stats;
}

std::unique_ptr<DeepEngine> make_ladder(const DeepView& view, std::uint32_t max_iter) {
  return std::make_unique<LadderEngine>(view, max_iter);
}

}  // namespace

const DeepBackend kDeepBackend = {
    "deep", "differences to a reference orbit, every count proved, in as few digits as that takes",
    make_ladder};

}  // namespace mandel
