// The `simd-full` backend, the default: the refill engine behind everything that saves iterations
// without changing a bit. The picture is cut into tiles of 16 x 16; what can't be settled whole is
// tried again as tiles of 8 x 8, and then point by point. Where fewer than 8 rows are left, tiles
// are flat, and of one size only.
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/simd/full.cpp"
#include <hwy/foreach_target.h>
#include <utility>

#include "kernels/simd/certify-inl.h"
#include "kernels/simd/refill-inl.h"

HWY_BEFORE_NAMESPACE();
namespace mandel {
namespace HWY_NAMESPACE {
namespace {

// Rows row .. row + rows, columns column .. column + columns of the picture.
struct Rectangle {
  std::size_t row, column, rows, columns;
};

template <std::size_t kFusedOf>
class FullKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    Request request{xs.data(), ys.data(), xs.size(), ys.size(), max_iter, out.data(), &stop, {}};
    if (max_iter == 0) return settle_without_iterations(request);
    engine_.start(request);
    Sink sink{request, engine_};
    if (xs.size() < kSmallTile) {
      send_rows(request, sink, batch_);
    } else {
      send_tiles(request, sink);
    }
    if (!request.stats.stopped) engine_.finish(request);
    return request.stats;
  }

 private:
  static constexpr std::size_t kLargeTile = 16, kSmallTile = 8;
  static constexpr std::size_t kTilePointsMin = 32;  // with fewer, a tile costs what they do

  struct Sink {
    Request& request;
    RefillEngine<true, kFusedOf>& engine;
    HWY_INLINE auto inside(V x, V y) const { return inside_closed_form(x, y); }
    void take(const Batch& batch, std::size_t count) { engine.take(request, batch, count); }
  };

  // Tiles of one size that wait to be looked at together.
  struct Waiting {
    Rectangle tile[Certifier::kCapacity];
    Verdict verdict[Certifier::kCapacity];
    std::size_t size = 0;
  };

  void send_tiles(Request& request, Sink& sink) {
    batch_.size = 0;
    large_.size = small_.size = 0;
    for (std::size_t row = 0; row < request.rows; row += kLargeTile) {
      const std::size_t rows = std::min(kLargeTile, request.rows - row);
      const std::size_t width = std::max(kLargeTile, kTilePointsMin / rows);
      for (std::size_t column = 0; column < request.columns; column += width) {
        const std::size_t columns = std::min(width, request.columns - column);
        large_.tile[large_.size++] = {row, column, rows, columns};
        if (large_.size == Certifier::kCapacity) send_large(request, sink);
        if (request.stats.stopped) return;
      }
    }
    send_large(request, sink);
    send_small(request, sink);
    send_rest(sink, batch_);
  }

  void send_large(Request& request, Sink& sink) {
    if (request.stopped()) return;
    look_at(request, large_);
    for (std::size_t i = 0; i < large_.size; ++i) {
      if (settle(request, large_.tile[i], large_.verdict[i])) continue;
      if (large_.tile[i].rows < kSmallTile) {
        send_single(request, sink, large_.tile[i], large_.verdict[i]);
        continue;
      }
      if (small_.size + 4 > Certifier::kCapacity) send_small(request, sink);
      if (request.stats.stopped) return;
      quarter(large_.tile[i]);
    }
    large_.size = 0;
  }

  void send_small(Request& request, Sink& sink) {
    if (request.stopped()) return;
    look_at(request, small_);
    for (std::size_t i = 0; i < small_.size; ++i) {
      if (settle(request, small_.tile[i], small_.verdict[i])) continue;
      send_single(request, sink, small_.tile[i], small_.verdict[i]);
    }
    small_.size = 0;
  }

  void quarter(const Rectangle& tile) {
    for (std::size_t r = 0; r < tile.rows; r += kSmallTile)
      for (std::size_t c = 0; c < tile.columns; c += kSmallTile)
        small_.tile[small_.size++] = {tile.row + r, tile.column + c,
                                      std::min(kSmallTile, tile.rows - r),
                                      std::min(kSmallTile, tile.columns - c)};
  }

  // The bounds are searched for, so that coordinates in any order are right.
  void look_at(const Request& request, Waiting& tiles) {
    certifier_.clear();
    for (std::size_t i = 0; i < tiles.size; ++i) {
      const Rectangle& tile = tiles.tile[i];
      const auto [x_min, x_max] = bounds(request.xs + tile.column, tile.columns);
      const auto [y_min, y_max] = bounds(request.ys + tile.row, tile.rows);
      certifier_.add(x_min, x_max, y_min, y_max);
    }
    certifier_.run(request.max_iter, tiles.verdict);
  }

  static std::pair<double, double> bounds(const double* p, std::size_t count) {
    double low = p[0], high = p[0];
    for (std::size_t i = 1; i < count; ++i) {
      low = std::min(low, p[i]);
      high = std::max(high, p[i]);
    }
    return {low, high};
  }

  // Writes the counts of a tile if they are known; says whether.
  static bool settle(Request& request, const Rectangle& tile, const Verdict& verdict) {
    if (verdict.kind == Verdict::kOpen) return false;
    const bool inside = verdict.kind == Verdict::kInside;
    const std::uint32_t count = inside ? 0 : verdict.count;
    for (std::size_t row = tile.row; row < tile.row + tile.rows; ++row)
      std::fill_n(request.out + row * request.columns + tile.column, tile.columns, count);
    request.stats.skipped +=
        std::uint64_t{tile.rows} * tile.columns * (inside ? request.max_iter : count + 1);
    return true;
  }

  void send_single(Request& request, Sink& sink, const Rectangle& tile, const Verdict& verdict) {
    // Points of several tiles may meet in a batch: what holds for all is the least.
    batch_.untested = batch_.size == 0 ? verdict.count : std::min(batch_.untested, verdict.count);
    for (std::size_t row = tile.row; row < tile.row + tile.rows; ++row) {
      const std::size_t cell = row * request.columns + tile.column;
      std::fill_n(request.out + cell, tile.columns, 0u);
      send_points(request, sink, batch_, request.xs + tile.column, tile.columns, request.ys[row],
                  cell);
    }
  }

  RefillEngine<true, kFusedOf> engine_;
  Batch batch_;
  Certifier certifier_;
  Waiting large_, small_;
};

}  // namespace

std::unique_ptr<Kernel> make_full() { return make_for_pipes<FullKernel>(); }

}  // namespace HWY_NAMESPACE
}  // namespace mandel
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include "kernels/simd/targets.h"

namespace mandel {
namespace {

HWY_EXPORT(make_full);
std::unique_ptr<Kernel> make_best() { return HWY_DYNAMIC_DISPATCH(make_full)(); }

}  // namespace

const SimdRows kSimdFullBackends = MANDEL_SIMD_ROWS(
    "simd-full", "refill, closed forms, periodicity and certified tiles", make_best, make_full);

}  // namespace mandel
#endif
