// See command.h.
#include "master/lines/command.h"

#include <spdlog/spdlog.h>
#include <string>

#include "common/program/cli.h"
#include "common/program/streams.h"
#include "kernels/deep/engine.h"
#include "master/chunks/chunk_count.h"
#include "master/lines/chunk_line.h"
#include "master/lines/map.h"
#include "master/lines/reduce.h"

namespace mandel {
namespace {

constexpr std::size_t kWriteBytes = 64 * 1024;  // lines in one system call

int split(const Options& options) {
  const Axes axes = axes_of(options.job);
  const auto rows = static_cast<std::uint32_t>(axes.ys.size());
  const ChunkCount count = chunk_count(options.chunks, static_cast<std::uint32_t>(axes.xs.size()),
                                       rows, semantics_of(options.job) == kTrueCount);
  if (!count.remark.empty()) spdlog::warn("{}", count.remark);
  const Chunking chunking(rows, count.chunks);
  std::string text;
  for (ChunkId chunk = 0; chunk < count.chunks && can_print(); ++chunk) {
    text += text_of(ChunkLine{options.job, count.chunks, chunk, chunking.band(chunk)}) + '\n';
    if (text.size() < kWriteBytes && chunk + 1 < count.chunks) continue;
    print_result(text);
    text.clear();
  }
  return kExitDone;
}

}  // namespace

int run_lines(const Options& options) {
  switch (*options.lines) {
    case LinesStep::kSplit:
      return split(options);
    case LinesStep::kMap:
      return run_map(options.lanes, options.maps_counts);
    case LinesStep::kReduce:
      return run_reduce(options);
  }
  return kExitFailure;
}

}  // namespace mandel
