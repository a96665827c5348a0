// The report's drawings. Each is a whole slide: its title says what was found.
#pragma once

#include "master/sweep/figures.h"
#include "master/sweep/fit_view.h"
#include "master/sweep/svg.h"

namespace mandel {

// Wall time against chunk count, with its parts stacked up to it, a dot for every run, the minimum
// marked, and the model's curve if there is one.
Svg wall_plot(const Sweep& sweep, const FitView* fit);

// The share of the lanes' time that went into the picture, against chunk count.
Svg efficiency_plot(const Sweep& sweep);

// What every lane did when, in the median run of `point`: at most the first 200 lanes, as at most
// 4000 blocks (gantt.h).
Svg gantt_plot(const Sweep& sweep, const SweepPoint& point);

// What a row of the picture cost and whose it was, in the median run of `point`: at most 1000 bands
// (bands.h).
Svg rows_plot(const Sweep& sweep, const SweepPoint& point);

}  // namespace mandel
