// A poster: a picture in tiles, by the Deep Zoom convention that OpenSeadragon and others read, and
// a page that shows it from disk. For pictures that no viewer of PNGs opens any more.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "master/sinks/file_roles.h"
#include "master/sinks/sink.h"

namespace mandel {

bool is_poster(const std::string& path);  // by its extension, .dzi

// Of such a path. Does it go where only a poster of the same name stands, if anything does?
Result<void> check_poster(const std::string& path);

// The files and folders of it besides the .dzi.
std::vector<FileRole> poster_roles(const std::string& path);
// Does a file lie in one of these folders?
bool is_within_poster(const std::string& path, const std::string& file);

// What the tiles take on the disk, about.
struct PosterNeeds {
  std::uint64_t tiles = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_there = 0;  // by an earlier master of this job
  std::string folder;             // where it goes
};
PosterNeeds poster_needs(const std::string& path, const PictureSize& size,
                         const Rendering& rendering);

// The .dzi and its tiles, and index.html. Rows of tiles that a killed master has left are not
// encoded again.
Result<std::unique_ptr<Sink>> deep_zoom_sink(const std::string& path, const PictureSize& size,
                                             const Style& style);

}  // namespace mandel
