// See engine.h.
#include "kernels/cuda/engine.h"

#include <algorithm>
#include <array>
#include <string>

#include "kernels/cuda/memory.h"
#include "kernels/cuda/slot.h"

namespace mandel::cuda {
namespace {

constexpr std::size_t kAxisMax = std::size_t{1} << 31;  // see gpu/band.inc

}  // namespace

// Everything that lives on the device, made with the first run.
struct Engine::OnDevice {
  explicit OnDevice(MakeProgram make) : slots{Slot(make), Slot(make)} {}

  Stream stream;  // for the coordinates
  Event begin;    // of the run's kernels
  DeviceBuffer<double> xs, ys;
  std::array<Slot, 2> slots;
};

Engine::Engine(int device, MakeProgram make) : device_(device), make_(make) {}

Engine::~Engine() {
  if (!on_device_) return;
  // After a failed run there may be work in flight on the buffers that are freed now. Of a lost
  // device nothing is to be freed, and there is nobody to tell: hence no check.
  cudaSetDevice(device_);
  cudaDeviceSynchronize();
}

void Engine::prepare(std::span<const double> xs, std::span<const double> ys) {
  check(cudaSetDevice(device_), "choose device " + std::to_string(device_));
  if (!on_device_) on_device_ = std::make_unique<OnDevice>(make_);
  for (Slot& slot : on_device_->slots) slot.abandon();
  const Stream& stream = on_device_->stream;
  check(cudaMemcpyAsync(on_device_->xs.reserve(xs.size()), xs.data(), xs.size_bytes(),
                        cudaMemcpyHostToDevice, stream),
        "copy the columns' coordinates to the device");
  check(cudaMemcpyAsync(on_device_->ys.reserve(ys.size()), ys.data(), ys.size_bytes(),
                        cudaMemcpyHostToDevice, stream),
        "copy the rows' coordinates to the device");
  on_device_->begin.record(stream);
  stream.wait();  // the slots' streams don't
}

// The band of at most kBandPixelsMax pixels that begins `first` pixels into the grid.
Band Engine::band_at(std::size_t first, const Grid& grid) const {
  Band band{};
  band.xs = on_device_->xs.data();
  band.ys = on_device_->ys.data();
  band.columns = static_cast<std::uint32_t>(grid.columns);
  band.first_row = static_cast<std::uint32_t>(first / grid.columns);
  band.first_column = static_cast<std::uint32_t>(first % grid.columns);
  band.pixels =
      static_cast<std::uint32_t>(std::min<std::size_t>(grid.pixels - first, kBandPixelsMax));
  band.max_iter = grid.max_iter;
  band.shortcuts = true;
  return band;
}

KernelStats Engine::run(std::span<const double> xs, std::span<const double> ys,
                        std::uint32_t max_iter, std::span<std::uint32_t> out, StopPoll stop) {
  const Grid grid{xs.size(), xs.size() * ys.size(), max_iter};
  if (grid.pixels == 0 || max_iter == 0) {
    std::ranges::fill(out, 0);
    return {};
  }
  if (std::max(xs.size(), ys.size()) >= kAxisMax)
    throw DeviceError("a grid of 2^31 columns or rows is too long for the CUDA kernels");
  prepare(xs, ys);

  KernelStats stats;
  auto& slots = on_device_->slots;
  std::size_t first = 0;  // of the next band
  for (std::size_t turn = 0; first < grid.pixels || slots[0].busy() || slots[1].busy(); turn ^= 1) {
    if (stop.stop_requested()) {
      stats.stopped = true;
      return stats;
    }
    Slot& slot = slots[turn];
    if (slot.busy()) {
      slot.step();
      if (slot.busy()) continue;
      stats.executed += slot.progress().executed;
      stats.skipped += slot.progress().skipped;
      stats.device_seconds =
          std::max(stats.device_seconds, slot.last_kernel().seconds_since(on_device_->begin));
    }
    if (first < grid.pixels) {
      const Band band = band_at(first, grid);
      slot.start(band, out.subspan(first, band.pixels));
      first += band.pixels;
    }
  }
  return stats;
}

}  // namespace mandel::cuda
