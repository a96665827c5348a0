// See engine.h.
#include "kernels/c_api/engine.h"

#include <memory>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <variant>

#include "kernels/c_api/computation.h"
#include "kernels/c_api/structs.h"
#include "kernels/deep/engine.h"
#include "kernels/lanes/lane_choice.h"
#include "kernels/no_signals.h"

namespace mandel {
namespace {

// Equal lanes stand side by side.
std::string names_of(const std::vector<Lane>& lanes) {
  std::string names;
  std::string_view last;
  for (const Lane& lane : lanes) {
    const std::string_view name = lane.backend != nullptr ? lane.backend->name : lane.deep->name;
    if (name != last) names.append(names.empty() ? "" : ", ").append(name);
    last = name;
  }
  return names;
}

std::unique_ptr<mandel_engine> make_engine(const mandel_engine_options& options) {
  if (options.threads > kLanesMax)
    throw Fault(MANDEL_BAD_ARGUMENT, "threads must be 0 to " + std::to_string(kLanesMax) +
                                         ", not " + std::to_string(options.threads));
  auto chosen = choose_lanes(options.kernel != nullptr ? options.kernel : "auto",
                             static_cast<unsigned>(options.threads));
  if (const auto* failure = std::get_if<std::string>(&chosen))
    throw Fault(MANDEL_NO_KERNEL, *failure);
  const NoSignals no_signals;
  return std::make_unique<mandel_engine>(std::move(std::get<Lanes>(chosen).lanes));
}

}  // namespace
}  // namespace mandel

mandel_engine::mandel_engine(std::vector<mandel::Lane> all)
    : lanes(std::move(all)),
      kernel(mandel::names_of(lanes)),
      process(getpid()),
      pool(lanes, mandel::Computation::take) {}

int mandel_engine_new(const mandel_engine_options* options, mandel_engine** engine, char* error,
                      size_t error_bytes) {
  if (engine != nullptr) *engine = nullptr;
  return mandel::guarded(error, error_bytes, [&] {
    auto& taker = mandel::needed(engine, "engine");
    taker = mandel::make_engine(mandel::read_optional(options, "mandel_engine_options")).release();
  });
}

const char* mandel_engine_kernel(const mandel_engine* engine) {
  return engine != nullptr ? engine->kernel.c_str() : "";
}

size_t mandel_engine_lanes(const mandel_engine* engine) {
  return engine != nullptr ? engine->lanes.size() : 0;
}

void mandel_engine_free(mandel_engine* engine) {
  // Its threads are another process's: they can't be joined, nor can the pool be destroyed.
  if (engine == nullptr || engine->process != getpid()) return;
  delete engine;
}
