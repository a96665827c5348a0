// See kernel.h. Only a lack of memory can throw here, and then a benchmark may as well end.
#include "tests/bench/peers/kernel.h"

#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "kernels/grid.h"
#include "kernels/registry.h"

struct mandel_peer_kernel {
  const mandel::Backend* backend;
  std::unique_ptr<mandel::Kernel> engine;
  mandel::Axes axes;
  std::uint32_t max_iter;
};

namespace {

constexpr std::uint32_t kMaxTutorialSize = 65536;
constexpr std::uint32_t kMaxIterations = 2147483647;  // what a kernel takes

std::variant<const mandel::Backend*, std::string> choose(std::string_view name) {
  if (name != "auto") return mandel::named_backend(name);
  const mandel::Fastest fastest = mandel::fastest_backend("cpu");
  if (fastest.backend == nullptr) return "no CPU kernel works here: " + fastest.failures;
  return fastest.backend;
}

mandel_peer_kernel* complain(const std::string& what) {
  std::fprintf(stderr, "mandel-peers-kernel: %s\n", what.c_str());
  return nullptr;
}

}  // namespace

mandel_peer_kernel* mandel_peer_open(const char* kernel, uint32_t tutorial_size,
                                     uint32_t max_iter) {
  if (tutorial_size == 0 || tutorial_size > kMaxTutorialSize || max_iter > kMaxIterations)
    return complain("the request must be 1 to 65536, with at most 2147483647 iterations");
  const auto chosen = choose(kernel);
  if (const auto* why_not = std::get_if<std::string>(&chosen)) return complain(*why_not);
  const mandel::Backend* backend = std::get<const mandel::Backend*>(chosen);
  return new mandel_peer_kernel{backend, backend->make(), mandel::tutorial_axes(tutorial_size),
                                max_iter};
}

void mandel_peer_close(mandel_peer_kernel* self) { delete self; }

const char* mandel_peer_name(const mandel_peer_kernel* self) {
  return self->backend->name.data();  // a literal
}

uint32_t mandel_peer_columns(const mandel_peer_kernel* self) {
  return static_cast<uint32_t>(self->axes.xs.size());
}

uint32_t mandel_peer_rows(const mandel_peer_kernel* self) {
  return static_cast<uint32_t>(self->axes.ys.size());
}

int mandel_peer_compute(mandel_peer_kernel* self, uint32_t first_row, uint32_t rows,
                        uint32_t* counts) {
  const auto& [xs, ys] = self->axes;
  if (first_row > ys.size() || rows > ys.size() - first_row) return -1;
  self->engine->run(xs, std::span(ys).subspan(first_row, rows), self->max_iter,
                    {counts, xs.size() * rows}, {});
  return 0;
}
