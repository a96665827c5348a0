// The `deep` backend: a pixel's orbit as the difference to a reference, first in doubles, then in
// pairs of them, then in triples of words, at last by the oracle. Each rung carries a proved bound
// of its error and does what the one before could not decide. So every count is proved, and most
// cost microseconds.
#include "kernels/deep/ladder.h"

#include <atomic>
#include <chrono>
#include <vector>

#include "kernels/deep/backends.h"
#include "kernels/deep/exact.h"
#include "kernels/deep/lazy.h"
#include "kernels/deep/oracle.h"
#include "kernels/deep/pixels.h"
#include "kernels/deep/real.h"
#include "kernels/deep/reference.h"

namespace mandel {
namespace {

// Of views with wider pixels, doubles hold c itself.
constexpr long kShallowBits = 24;
// Views smaller than 2^-380 need numbers with an exponent until their orbits have grown. (By the
// larger of the sides: a smaller d counts as 2^-400 in the error.)
constexpr long kNarrowBitsMax = 380;

// At once on the ladder, which takes some 200 bytes for each.
constexpr std::size_t kCellsAtOnce = std::size_t{1} << 16;

// What these can't decide has lost more than their digits: the oracle's usual bits would be in
// vain.
constexpr long kPairBits = 106, kTripleBits = 190;

using Clock = std::chrono::steady_clock;

std::uint64_t ns_since(Clock::time_point from) {
  return static_cast<std::uint64_t>(std::chrono::nanoseconds(Clock::now() - from).count());
}

// The two rungs of one kind of numbers: with and without an exponent.
template <typename Narrow, typename Exponent>
class Step {
 public:
  Step(double tolerance, bool has_vectors) : tolerance_(tolerance), has_vectors_(has_vectors) {}

  struct Picture {
    const Reference& reference;
    Wide d_max;
    bool is_narrow;  // all pixels' d are doubles
    std::uint32_t max_iter;
  };

  // How a pixel ended: after n iterations, and how many steps and jumps.
  struct Result {
    RungEnd end = RungEnd::kStopped;
    std::uint32_t n = 0;
    std::uint64_t work = 0;
  };

  // Runs the pixels at `d`. False if it was stopped.
  bool run(const Picture& picture, std::span<const Complex<WidePair>> d, std::span<Result> results,
           const StopPoll& stop, std::uint64_t& preparation_ns) {
    std::vector<Pixel<Narrow>> pixels;
    std::vector<std::size_t> index;  // of each, in d and results
    for (std::size_t k = 0; k < d.size(); ++k) {
      Pixel<Narrow> pixel;
      if (k % kPixelsBetweenPolls == 0 && stop.stop_requested()) return false;
      if (picture.is_narrow) {
        pixel.d = {rounded<Narrow>(d[k].x), rounded<Narrow>(d[k].y)};
      } else if (!grow(picture, d[k], {}, pixel, stop, preparation_ns)) {
        return false;
      }
      if (take_end(pixel, results[k])) continue;
      pixels.push_back(pixel);
      index.push_back(k);
    }
    while (!pixels.empty()) {
      const auto* rung = narrow_rung(picture, stop, preparation_ns);
      if (rung == nullptr) return false;
      const std::span<Pixel<Narrow>> all(pixels);
      const bool ended = has_vectors_ ? run_pixels(*rung, all, picture.max_iter, stop)
                                      : run_one_by_one(*rung, all, picture.max_iter, stop);
      if (!ended) return false;
      std::size_t left = 0;
      for (std::size_t k = 0; k < pixels.size(); ++k) {
        Pixel<Narrow> pixel = pixels[k];
        if (pixel.end == RungEnd::kTooSmall) {
          const auto& delta = pixel.spot.delta;
          const Spot<Exponent, Wide> spot{pixel.spot.n,
                                          pixel.spot.m,
                                          {Exponent(delta.x, 0), Exponent(delta.y, 0)},
                                          Wide(pixel.spot.error)};
          if (!grow(picture, d[index[k]], spot, pixel, stop, preparation_ns)) return false;
        }
        if (take_end(pixel, results[index[k]])) continue;
        pixels[left] = pixel;
        index[left++] = index[k];
      }
      pixels.resize(left);
      index.resize(left);
    }
    return true;
  }

 private:
  // With an exponent, until the orbit needs none any more, or ends. False if it was stopped.
  bool grow(const Picture& picture, Complex<WidePair> d, Spot<Exponent, Wide> spot,
            Pixel<Narrow>& pixel, const StopPoll& stop, std::uint64_t& preparation_ns) {
    const auto* rung = wide_rung(picture, stop, preparation_ns);
    if (rung == nullptr) return false;
    pixel.end = rung->run(spot, {rounded<Exponent>(d.x), rounded<Exponent>(d.y)}, picture.max_iter,
                          stop, pixel.work);
    pixel.spot.n = spot.n;
    if (pixel.end == RungEnd::kLargeEnough)
      pixel.spot = {spot.n,
                    spot.m,
                    {spot.delta.x.narrow(), spot.delta.y.narrow()},
                    bound_of<double>(spot.error * (1 + 0x1p-48)) + 0x1p-990};
    return pixel.end != RungEnd::kStopped;
  }

  // Is the pixel done with this step of the ladder?
  static bool take_end(const Pixel<Narrow>& pixel, Result& result) {
    result = {pixel.end, pixel.spot.n, pixel.work};
    return pixel.end == RungEnd::kEscaped || pixel.end == RungEnd::kInside ||
           pixel.end == RungEnd::kUndecided;
  }

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
    preparation_ns += ns_since(began);
    return rung;
  }

  const Rung<Narrow, double>* narrow_rung(const Picture& picture, const StopPoll& stop,
                                          std::uint64_t& preparation_ns) {
    const double d_max =
        std::max(bound_of<double>(picture.d_max), picture.is_narrow ? 0x1p-400 : 0x1p-600);
    return make(narrow_, picture, d_max, picture.is_narrow, stop, preparation_ns);
  }

  const Rung<Exponent, Wide>* wide_rung(const Picture& picture, const StopPoll& stop,
                                        std::uint64_t& preparation_ns) {
    return make(wide_, picture, picture.d_max, true, stop, preparation_ns);
  }

  const double tolerance_;
  const bool has_vectors_;
  Lazy<Rung<Narrow, double>> narrow_;
  Lazy<Rung<Exponent, Wide>> wide_;
};

class LadderEngine final : public DeepEngine {
 public:
  LadderEngine(const DeepView& view, std::uint32_t max_iter, const LadderKnobs& knobs)
      : grid_(view),
        columns_(view.columns),
        max_iter_(max_iter),
        knobs_(knobs),
        doubles_(knobs.tolerance, knobs.has_vectors),
        pairs_(knobs.tolerance_pairs, knobs.has_vectors) {}

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
  // The rung of triples, with a longer reference of its own; null, if that takes too much.
  struct Triples {
    Reference reference;
    std::unique_ptr<Rung<Triple, Wide>> rung;
  };
  // The rows that a call does.
  struct Rows {
    std::uint32_t first;
    std::span<std::uint32_t> counts;
    KernelStats stats;
  };

  std::unique_ptr<Prepared> prepare(const StopPoll& stop) const;
  std::unique_ptr<Triples> prepare_triples(const Prepared& prepared, const StopPoll& stop) const;
  // Up the whole ladder, until each of `cells` has its count.
  void decide(const Prepared& prepared, std::vector<Cell>& cells, Rows& rows, const StopPoll& stop);
  // Runs one step of the ladder over `cells`, leaves in there those that it could not decide.
  template <typename StepOfLadder>
  void climb(StepOfLadder& step, const Prepared& prepared, std::vector<Cell>& cells, Rows& rows,
             const StopPoll& stop);
  // The same in triples. False if there are none, or if it was stopped.
  bool climb_triples(const Prepared& prepared, std::vector<Cell>& cells, Rows& rows,
                     const StopPoll& stop);
  void ask_oracle(const std::vector<Cell>& cells, long lost_bits, Rows& rows,
                  const StopPoll& stop) const;
  std::uint32_t& count_of(const Cell& cell, Rows& rows) const {
    return rows.counts[std::size_t{cell.row - rows.first} * columns_ + cell.column];
  }
  // Writes a rung's result down. False if it is undecided.
  bool take(const Cell& cell, RungEnd end, std::uint32_t n, std::uint64_t work, Rows& rows) const;

  const ExactGrid grid_;
  const std::uint32_t columns_;
  const std::uint32_t max_iter_;
  const LadderKnobs knobs_;
  Lazy<Prepared> prepared_;
  Step<double, Wide> doubles_;
  Step<Pair, WidePair> pairs_;
  Lazy<Triples> triples_;
  std::atomic<std::uint64_t> left_by_pairs_ = 0;
};

std::unique_ptr<LadderEngine::Prepared> LadderEngine::prepare(const StopPoll& stop) const {
  auto made = std::make_unique<Prepared>();
  if (grid_.pixel_bits() <= kShallowBits) {
    made->reference = orbit_of_zero();
  } else {
    made->x = grid_.centre_x() + knobs_.reference_right * grid_.step_x();
    made->y = grid_.centre_y() - knobs_.reference_down * grid_.step_y();
    made->reference = reference_orbit(made->x, made->y, max_iter_, grid_.pixel_bits(),
                                      knobs_.reference_bytes_max, stop);
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
  made->is_narrow = made->d_max > Wide(1.0, -kNarrowBitsMax);
  return made;
}

bool LadderEngine::take(const Cell& cell, RungEnd end, std::uint32_t n, std::uint64_t work,
                        Rows& rows) const {
  if (end == RungEnd::kUndecided) return false;
  const bool escaped = end == RungEnd::kEscaped;
  count_of(cell, rows) = escaped ? n - 1 : 0;
  rows.stats.executed += work;
  rows.stats.skipped += (escaped ? n : max_iter_) - work;
  return true;
}

template <typename StepOfLadder>
void LadderEngine::climb(StepOfLadder& step, const Prepared& prepared, std::vector<Cell>& cells,
                         Rows& rows, const StopPoll& stop) {
  const typename StepOfLadder::Picture picture{prepared.reference, prepared.d_max,
                                               prepared.is_narrow, max_iter_};
  std::vector<Complex<WidePair>> d;
  d.reserve(cells.size());
  std::uint32_t row = UINT32_MAX;
  WidePair dy;
  for (const Cell& cell : cells) {
    if (cell.row != row) dy = to_wide_pair(grid_.y((row = cell.row)) - prepared.y);
    d.push_back({prepared.dx[cell.column], dy});
  }
  std::vector<typename StepOfLadder::Result> results(cells.size());
  rows.stats.stopped = !step.run(picture, d, results, stop, rows.stats.preparation_ns);
  if (rows.stats.stopped) return;
  std::vector<Cell> left;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const auto& [end, n, work] = results[k];
    if (!take(cells[k], end, n, work, rows)) left.push_back(cells[k]);
  }
  cells = std::move(left);
}

std::unique_ptr<LadderEngine::Triples> LadderEngine::prepare_triples(const Prepared& prepared,
                                                                     const StopPoll& stop) const {
  auto made = std::make_unique<Triples>();
  try {
    made->reference = reference_orbit(prepared.x, prepared.y, max_iter_, grid_.pixel_bits(),
                                      knobs_.reference_bytes_max, stop, true);
  } catch (const DeepError&) {  // it takes too much; the oracle does without
    return made;
  }
  if (made->reference.is_stopped) return nullptr;
  made->rung = std::make_unique<Rung<Triple, Wide>>(made->reference, prepared.d_max,
                                                    knobs_.tolerance_triples, true, stop);
  if (made->rung->is_stopped()) return nullptr;
  return made;
}

bool LadderEngine::climb_triples(const Prepared& prepared, std::vector<Cell>& cells, Rows& rows,
                                 const StopPoll& stop) {
  const FarExponents exponents;
  const auto began = Clock::now();
  const Triples* triples = triples_.get([&] { return prepare_triples(prepared, stop); }, stop);
  rows.stats.preparation_ns += ns_since(began);
  if ((rows.stats.stopped = triples == nullptr) || triples->rung == nullptr) return false;
  std::vector<Cell> left;
  for (const Cell& cell : cells) {
    if ((rows.stats.stopped = stop.stop_requested())) return false;  // short orbits never ask
    const Complex<Triple> d{to_triple(grid_.x(cell.column) - prepared.x),
                            to_triple(grid_.y(cell.row) - prepared.y)};
    Spot<Triple, Wide> spot;
    std::uint64_t work = 0;
    const RungEnd end = triples->rung->run(spot, d, max_iter_, stop, work);
    if ((rows.stats.stopped = end == RungEnd::kStopped)) return false;
    if (!take(cell, end, spot.n, work, rows)) left.push_back(cell);
  }
  cells = std::move(left);
  return true;
}

void LadderEngine::ask_oracle(const std::vector<Cell>& cells, long lost_bits, Rows& rows,
                              const StopPoll& stop) const {
  for (const Cell& cell : cells) {
    const OracleCount pixel = true_count(grid_.x(cell.column), grid_.y(cell.row), max_iter_,
                                         grid_.pixel_bits() + lost_bits, stop);
    if ((rows.stats.stopped = pixel.stopped)) return;
    count_of(cell, rows) = pixel.count;
    rows.stats.executed += pixel.iterations;
  }
}

void LadderEngine::decide(const Prepared& prepared, std::vector<Cell>& cells, Rows& rows,
                          const StopPoll& stop) {
  climb(doubles_, prepared, cells, rows, stop);
  if (rows.stats.stopped) return;
  rows.stats.undecided_first += cells.size();
  climb(pairs_, prepared, cells, rows, stop);
  if (rows.stats.stopped) return;
  rows.stats.undecided_second += cells.size();
  long lost_bits = kPairBits;
  const bool are_many = (left_by_pairs_ += cells.size()) > knobs_.oracle_pixels;
  const bool can_jump = grid_.pixel_bits() > std::max(kShallowBits, knobs_.triples_from_bits);
  if (are_many && can_jump && !cells.empty() && climb_triples(prepared, cells, rows, stop))
    lost_bits = kTripleBits;
  if (rows.stats.stopped) return;
  ask_oracle(cells, lost_bits, rows, stop);
}

KernelStats LadderEngine::run(std::uint32_t first_row, std::uint32_t rows,
                              std::span<std::uint32_t> out, StopPoll stop) {
  if (max_iter_ == 0) {
    std::ranges::fill(out, 0u);
    return {};
  }
  Rows done{first_row, out, {}};
  KernelStats& stats = done.stats;
  const auto began = Clock::now();
  const Prepared* prepared = prepared_.get([&] { return prepare(stop); }, stop);
  stats.preparation_ns = ns_since(began);
  if ((stats.stopped = prepared == nullptr)) return stats;
  std::vector<Cell> cells;
  for (std::uint32_t row = first_row; row < first_row + rows; ++row) {
    const bool is_real = grid_.y(row) == 0;
    for (std::uint32_t column = 0; column < columns_; ++column) {
      const Cell cell{row, column};
      if (is_real && known_orbit(grid_.x(column), 0) == KnownOrbit::kInside) {
        count_of(cell, done) = 0;
        stats.skipped += max_iter_;
        continue;
      }
      cells.push_back(cell);
      if (cells.size() < kCellsAtOnce) continue;
      decide(*prepared, cells, done, stop);
      if (stats.stopped) return stats;
      cells.clear();
    }
  }
  decide(*prepared, cells, done, stop);
  return stats;
}

std::unique_ptr<DeepEngine> make_default(const DeepView& view, std::uint32_t max_iter) {
  return make_ladder(view, max_iter, {});
}

}  // namespace

std::unique_ptr<DeepEngine> make_ladder(const DeepView& view, std::uint32_t max_iter,
                                        const LadderKnobs& knobs) {
  return std::make_unique<LadderEngine>(view, max_iter, knobs);
}

const DeepBackend kDeepBackend = {
    "deep", "differences to a reference orbit, every count proved, in as few digits as that takes",
    make_default};

}  // namespace mandel
