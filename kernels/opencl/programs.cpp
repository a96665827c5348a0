// The programs of `opencl-simple` and `opencl`. What a work item does is in gpu/follow.inc and
// gpu/refill.inc; here is only what makes many of them.
#include <algorithm>
#include <string>

#include "kernels/opencl/program.h"

namespace mandel::opencl {
namespace {

KernelHandle make_kernel(const Build& build, const char* name) {
  cl_int status = CL_SUCCESS;
  KernelHandle kernel(api().clCreateKernel(build.program, name, &status));
  check(status, std::string("find kernel '") + name + "'");
  return kernel;
}

template <class... Arguments>
void launch(Queue& queue, cl_kernel kernel, std::size_t items, const Band& band,
            const Arguments&... arguments) {
  const cl_uint4 place{{band.columns, band.first_row, band.first_column, band.pixels}};
  const cl_uint shortcuts = 1;
  const cl_uint4 rule{{band.max_iter, band.narrow, shortcuts, 0}};
  set_arguments(kernel, band.xs, band.ys, place, rule, band.counts, band.progress, arguments...);
  queue.launch(kernel, items);
}

class SimpleProgram final : public Program {
 public:
  explicit SimpleProgram(const Build& build)
      : context_(build.context), follow_(make_kernel(build, "follow_pixels")) {}

  void start(const Band& band, Queue& queue) override {
    const std::size_t bytes = band.pixels * sizeof(gpu::Orbit);
    queue.fill(orbits_.reserve(context_, bytes), 0, bytes, 0);
    until_ = 0;
  }

  void slice(const Band& band, std::uint32_t budget, Queue& queue) override {
    until_ += std::min(budget, band.max_iter - until_);
    const cl_mem orbits = orbits_;
    launch(queue, follow_, band.pixels, band, orbits, until_);
  }

  bool done(const gpu::Progress& progress) const override { return progress.live == 0; }
  void finish(const Band&, Queue&) override {}
  std::uint32_t first_budget() const override { return 16; }

 private:
  cl_context context_;
  KernelHandle follow_;
  Buffer orbits_;
  cl_uint until_ = 0;
};

class RefillProgram final : public Program {
 public:
  explicit RefillProgram(const Build& build)
      : context_(build.context),
        lanes_max_(build.units * kLanesPerUnit),
        front_(make_kernel(build, "front_pixels")),
        refill_(make_kernel(build, "refill_lanes")),
        resolve_(make_kernel(build, "resolve_escapes")) {}

  void start(const Band& band, Queue& queue) override {
    const std::size_t groups = (band.pixels + kGroupItems - 1) / kGroupItems;
    items_ = std::min(lanes_max_, groups * kGroupItems);
    pixels_.reserve(context_, band.pixels * sizeof(cl_uint));
    escapes_.reserve(context_, band.pixels * sizeof(gpu::Escape));
    const std::size_t bytes = items_ * sizeof(gpu::Lane);
    queue.fill(lanes_.reserve(context_, bytes), 0, bytes, 0);
    launch(queue, front_, items_, band, cl_mem{pixels_}, cl_mem{escapes_});
  }

  void slice(const Band& band, std::uint32_t budget, Queue& queue) override {
    launch(queue, refill_, items_, band, cl_mem{pixels_}, cl_mem{escapes_}, cl_mem{lanes_},
           cl_uint{budget});
  }

  // A work item whose budget ended with its pixel is idle although the queue may hold more.
  bool done(const gpu::Progress& progress) const override {
    return progress.live == 0 && progress.taken >= progress.queued;
  }

  void finish(const Band& band, Queue& queue) override {
    launch(queue, resolve_, items_, band, cl_mem{pixels_}, cl_mem{escapes_});
  }

  std::uint32_t first_budget() const override { return 16; }

 private:
  // As many as most GPUs hold of this kernel at once; OpenCL can't be asked.
  static constexpr std::size_t kLanesPerUnit = 1024;

  cl_context context_;
  std::size_t lanes_max_;
  std::size_t items_ = 0;  // a multiple of kGroupItems
  KernelHandle front_, refill_, resolve_;
  Buffer pixels_, escapes_, lanes_;
};

}  // namespace

std::unique_ptr<Program> make_simple_program(const Build& build) {
  return std::make_unique<SimpleProgram>(build);
}
std::unique_ptr<Program> make_refill_program(const Build& build) {
  return std::make_unique<RefillProgram>(build);
}

}  // namespace mandel::opencl
