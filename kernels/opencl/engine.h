// A lane that is an OpenCL device: the Kernel behind every OpenCL backend. It cuts the grid into
// bands and keeps two of them in flight; what is computed for a band is the program's affair.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "kernels/kernel.h"
#include "kernels/opencl/program.h"
#include "kernels/opencl/source.h"

namespace mandel::opencl {

class Engine final : public Kernel {
 public:
  // Touches no device: whatever can fail does so in run(), as a DeviceError. Another source is for
  // tests.
  Engine(cl_device_id device, MakeProgram make, const char* source = kSource);
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

  cl_device_id device_;
  MakeProgram make_;
  const char* source_;
  std::unique_ptr<OnDevice> on_device_;
};

}  // namespace mandel::opencl
