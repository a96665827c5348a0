// See poster_room.h.
#include "master/results/poster_room.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include "common/base/disk.h"
#include "master/sinks/deep_zoom.h"
#include "master/stats/units.h"

namespace mandel {
namespace {

// What the store has still to take of that disk.
std::uint64_t counts_to_come(const std::string& store, const PictureSize& size,
                             const std::string& folder) {
  if (store.empty() || !is_same_disk(folder, std::filesystem::path(store).parent_path())) return 0;
  const std::uint64_t bytes = std::uint64_t{size.columns} * size.rows * sizeof(std::uint32_t);
  struct stat status{};
  const std::uint64_t taken =
      stat(store.c_str(), &status) == 0
          ? std::uint64_t{512} * static_cast<std::uint64_t>(status.st_blocks)
          : 0;
  return bytes - std::min(bytes, taken);
}

}  // namespace

Result<void> check_poster_room(const std::vector<std::string>& outputs, const PictureSize& size,
                               const Rendering& rendering, const std::string& store) {
  for (const std::string& path : outputs) {
    if (!is_poster(path)) continue;
    const PosterNeeds needs = poster_needs(path, size, rendering);
    const std::uint64_t tiles = needs.bytes - std::min(needs.bytes, needs.bytes_there);
    const std::uint64_t counts = counts_to_come(store, size, needs.folder);
    std::string what =
        fmt::format("{} needs {} for its {} tiles, about", path, bytes_text(tiles), needs.tiles);
    if (counts > 0)
      what += fmt::format(", and {} for the counts while it is made", bytes_text(counts));
    const auto room = disk_room(needs.folder);
    if (!room) {
      spdlog::info("{}", what);
      continue;
    }
    if (tiles + counts > room->bytes)
      return fail(fmt::format("{}, and {} are free on that disk: make room, or write to another",
                              what, bytes_text(room->bytes)));
    if (needs.tiles > room->files)
      return fail(fmt::format("{}, and that disk can take {} files more: write to another", what,
                              room->files));
    spdlog::info("{}; {} are free", what, bytes_text(room->bytes));
  }
  return {};
}

}  // namespace mandel
