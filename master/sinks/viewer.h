// The page that shows a poster: one file beside it, which needs no server. OpenSeadragon can show
// the same tiles, but a page from disk may not fetch the .dzi that it begins with; and 200 kB of it
// would lie beside every poster, for what some hundred lines do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "master/sinks/pyramid.h"

namespace mandel {

// Where the pixels of a poster are: the centres of the first and the last of each axis.
struct PosterPlane {
  double x_first = 0;
  double x_last = 0;
  double y_first = 0;
  double y_last = 0;
};

// `name`: of the .dzi, without the folder and the extension. Without a plane the page says only
// which pixel one points at. `recipe`: how the poster was made, as a comment; may be empty.
std::string viewer_page(std::string_view name, const Pyramid& pyramid, std::uint32_t max_iter,
                        const std::optional<PosterPlane>& plane, const std::string& recipe = {});

// Of a file's beginning: is it such a page, and of which poster?
bool is_viewer_page(std::string_view head);
bool is_viewer_of(std::string_view head, std::string_view name);

}  // namespace mandel
