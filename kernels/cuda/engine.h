// A lane that is a GPU: the Kernel behind every CUDA backend. It cuts the grid into bands and keeps
// two of them in flight; what is computed for a band is the program's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/cuda/program.h"
#include "kernels/kernel.h"

namespace mandel::cuda {

class Engine final : public Kernel {
 public:
  // Touches no device: whatever can fail does so in run(), as a DeviceError.
  Engine(int device, MakeProgram make);
  ~Engine() override;

  KernelStats run(std::span<const double> xs, std::span<const double> ys, std::uint32_t max_iter,
                  std::span<std::uint32_t> out, StopPoll stop) override;

 private:
  struct OnDevice;
  struct Grid {
    std::size_t columns;
    std::size_t pixels;
    std::uint32_t max_iter;
  };

  void prepare(std::span<const double> xs, std::span<const double> ys);
  Band band_at(std::size_t first, const Grid& grid) const;

  int device_;
  MakeProgram make_;
  std::unique_ptr<OnDevice> on_device_;
};

}  // namespace mandel::cuda
