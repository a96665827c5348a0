// What a mandel_grid is: coordinates, made by the recipes of kernels/grid.h, or a view of
// true-count. The latter keeps the engine of its last max_iter, since what that prepares serves all
// rows, which a caller may ask for in several calls.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "kernels/c_api/mandel.h"
#include "kernels/deep/engine.h"
#include "kernels/grid.h"

struct mandel_grid {
  std::shared_ptr<const mandel::Axes> axes;  // of true-count only their sizes count
  std::optional<mandel::DeepView> deep;

  std::size_t columns() const { return axes->xs.size(); }
  std::size_t rows() const { return axes->ys.size(); }
  // Only of true-count.
  std::shared_ptr<mandel::DeepEngine> engine(const mandel::DeepBackend& backend,
                                             std::uint32_t max_iter) const;

 private:
  struct Last {
    const mandel::DeepBackend* backend = nullptr;
    std::uint32_t max_iter = 0;
    std::shared_ptr<mandel::DeepEngine> engine;
  };
  mutable std::mutex mutex_;
  mutable Last last_;
};
