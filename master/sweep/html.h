// The report as one page that needs nothing else: no network, no library, no other file. So it can
// be sent by mail, and looks in years as it does today; a plotting library from the web would be
// missing on a machine without network.
#pragma once

#include <string>

#include "master/sweep/figures.h"
#include "master/sweep/fit_view.h"

namespace mandel {

// `fit` may be null. Without JavaScript the page still shows everything about the fastest run.
std::string sweep_html(const Sweep& sweep, const FitView* fit);

}  // namespace mandel
