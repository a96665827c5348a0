// See engine.h.
#include "kernels/opencl/engine.h"

#include <algorithm>
#include <array>
#include <limits>

#include "kernels/opencl/slot.h"

namespace mandel::opencl {
namespace {

constexpr std::size_t kAxisMax = std::size_t{1} << 31;  // see gpu/band.inc

// By the device's size, so that a band's first kernels take some milliseconds on each.
constexpr std::size_t kPixelsPerUnit = std::size_t{1} << 14;
constexpr std::size_t kBandPixelsMax = std::size_t{1} << 22;

}  // namespace

// Everything that lives on the device, made with the first run.
struct Engine::OnDevice {
  OnDevice(const Build& on, MakeProgram make)
      : build(on), queue(on), slots{Slot(on, make), Slot(on, make)} {}

  const Build& build;
  Queue queue;  // for the coordinates
  Buffer xs, ys;
  std::array<Slot, 2> slots;
};

Engine::Engine(cl_device_id device, MakeProgram make, const char* source)
    : device_(device), make_(make), source_(source) {}

Engine::~Engine() = default;

void Engine::prepare(std::span<const double> xs, std::span<const double> ys) {
  if (!on_device_) on_device_ = std::make_unique<OnDevice>(build_for(device_, source_), make_);
  OnDevice& on = *on_device_;
  for (Slot& slot : on.slots) slot.abandon();
  on.queue.write(on.xs.reserve(on.build.context, xs.size_bytes()), xs.data(), xs.size_bytes());
  on.queue.write(on.ys.reserve(on.build.context, ys.size_bytes()), ys.data(), ys.size_bytes());
}

// The band that begins `first` pixels into the grid.
Band Engine::band_at(std::size_t first, const Grid& grid) const {
  const std::size_t pixels_max = std::min(on_device_->build.units * kPixelsPerUnit, kBandPixelsMax);
  Band band;
  band.xs = on_device_->xs;
  band.ys = on_device_->ys;
  band.columns = static_cast<std::uint32_t>(grid.columns);
  band.first_row = static_cast<std::uint32_t>(first / grid.columns);
  band.first_column = static_cast<std::uint32_t>(first % grid.columns);
  band.pixels = static_cast<std::uint32_t>(std::min(grid.pixels - first, pixels_max));
  band.max_iter = grid.max_iter;
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
    throw DeviceError("a grid of 2^31 columns or rows is too long for the OpenCL kernels");
  prepare(xs, ys);

  KernelStats stats;
  Interval computed{std::numeric_limits<std::uint64_t>::max(), 0};
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
      const Interval of_band = slot.computed();
      computed = {std::min(computed.begin_ns, of_band.begin_ns),
                  std::max(computed.end_ns, of_band.end_ns)};
      stats.device_seconds = computed.seconds();
    }
    if (first < grid.pixels) {
      const Band band = band_at(first, grid);
      slot.start(band, out.subspan(first, band.pixels));
      first += band.pixels;
    }
  }
  return stats;
}

}  // namespace mandel::opencl
