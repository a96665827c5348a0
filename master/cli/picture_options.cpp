// See picture_options.h.
#include "master/cli/picture_options.h"

#include <fmt/format.h>
#include <optional>

#include "common/program/shared_options.h"
#include "master/cli/view_text.h"
#include "master/colours/colour_map.h"
#include "master/colours/palette_file.h"
#include "master/sinks/sink.h"

namespace mandel {
namespace {

std::string check_output(const std::string& path) {
  const auto checked = check_extension(path);
  return checked ? "" : checked.error().what;
}

// What begins with a colon says how a palette is used, whichever that is.
Result<std::string> read_colours(std::string_view text) {
  std::string colours(text);
  const auto map =
      ColourMap::make({.map = (colours.starts_with(':') ? Rendering{}.map : "") + colours});
  return map ? Result<std::string>(std::move(colours)) : tl::unexpected(map.error());
}

Result<std::optional<Rgb>> read_colour(std::string_view text) {
  const auto colour = read_rgb(text);
  return colour ? Result<std::optional<Rgb>>(*colour) : tl::unexpected(colour.error());
}

// Of --colours, which may be empty, and --palette.
Result<std::string> map_of(const std::string& colours, const std::string& palette) {
  const bool has_no_palette = colours.empty() || colours.starts_with(':');
  if (palette.empty()) return (has_no_palette ? Rendering{}.map : "") + colours;
  if (!has_no_palette)
    return fail(
        fmt::format("--colours {}: --palette gives the palette; say only how it is used, as :rank",
                    shown(colours)));
  const auto stops = read_palette_file(palette);
  if (!stops) return fail("--palette: " + stops.error().what);
  return text_of(*stops) + colours;
}

void add_colour_options(CLI::App& app, Options& options, std::string& colours) {
  const char* results = "The results";
  Rendering& rendering = options.rendering;
  add_read(app, "--colours,--colors", colours, read_colours,
           fmt::format(
               "of a .png or .dzi: a palette ({}, or colours: 'RRGGBB,RRGGBB,...'), and how counts "
               "are laid on it: by how common they are, by their logarithm, or round and "
               "round, once every N counts (default: {})",
               ColourMap::names(), kPeriodUsual))
      ->type_name("NAME[:rank|:log|:period[=N]]")
      ->default_str(rendering.map)
      ->group(results);
  add_path(app, "--palette", options.palette,
           "or the palette in a file: GIMP's (.gpl), Fractint's (.map), or a list of #rrggbb; with "
           "it --colours is :rank, :log or :period[=N] only")
      ->type_name("FILE")
      ->group(results);
  add_read(app, "--inside", rendering.inside, read_colour, "the set's colour in a .png")
      ->type_name("RRGGBB")
      ->default_str("000000")
      ->group(results);
  add_read(app, "--outside", rendering.outside, read_colour,
           "the colour of points that start beyond 2; default: the palette's first")
      ->type_name("RRGGBB")
      ->default_str("")
      ->group(results);
}

}  // namespace

Result<void> read_map(Options& options, const std::string& colours) {
  auto map = map_of(colours, options.palette);
  if (!map) return tl::unexpected(map.error());
  options.rendering.map = *std::move(map);
  return {};
}

void add_picture_options(CLI::App& app, Options& options, std::string& colours) {
  app.add_option(
         "--output", options.outputs,
         "write the counts: .png, .npy (uint32 array), .raw, .pgm or .dzi (a poster in tiles, "
         "and index.html to show it); may be given again")
      ->type_name("FILE")
      ->check(check_output)
      ->group("The results");
  add_colour_options(app, options, colours);
  add_number(app, "--supersample", options.rendering.supersample, 2u, kSupersampleMax,
             "smooth edges: compute N x N counts for each pixel of a .png or .dzi, and average "
             "their colours")
      ->type_name("N")
      ->default_str("")
      ->group("The results");
  app.add_flag("--smallest", options.rendering.is_smallest,
               "compress a .png as far as it goes: a fifth smaller, and many times as long")
      ->group("The results");
}

}  // namespace mandel
