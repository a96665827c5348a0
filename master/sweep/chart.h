// What all plots share: the sheet, its title, scales and axes. Plots that each drew their own would
// soon differ, and a reader could not compare them.
#pragma once

#include <string>
#include <string_view>

#include "master/sweep/figures.h"
#include "master/sweep/svg.h"

namespace mandel {

inline constexpr double kSheetWidth = 960;  // 16:9, as slides are
inline constexpr double kSheetHeight = 540;
inline constexpr Box kPlotFrame = {86, 116, 730, 466};  // the legend is right of it

// From values to the sheet.
struct Scale {
  double low = 0;
  double high = 1;
  double from = 0;  // where `low` is on the sheet
  double to = 1;
  bool is_logarithmic = false;

  double operator()(double value) const;
};

// The chunk counts of `sweep`, across `frame`, with air on both sides.
Scale chunk_scale(const Sweep& sweep, const Box& frame);
void draw_chunk_axis(Svg& svg, const Sweep& sweep, const Scale& scale, const Box& frame);

// Round steps from 0 to `scale.high`, with lines across `frame`.
void draw_left_axis(Svg& svg, const Scale& scale, const Box& frame, std::string_view label);
// The same, below `frame`, with lines up through it.
void draw_bottom_axis(Svg& svg, const Scale& scale, const Box& frame, std::string_view label);

void draw_title(Svg& svg, std::string_view title, std::string_view subtitle);

// A coloured square and what it stands for; draws at most `most` characters of the text.
void draw_key(Svg& svg, Spot spot, std::string_view colour, std::string_view text,
              std::size_t most = 26);

// "the tutorial's 500 x 500 · 2 workers, 4 lanes · lz4"
std::string setting_text(const Sweep& sweep);

}  // namespace mandel
