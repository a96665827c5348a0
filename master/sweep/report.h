// A sweep's report as a folder of files: for a person (sweep.html), a slide (*.svg), a spreadsheet
// (sweep.csv) and a program (sweep.json).
#pragma once

#include <string>

#include "common/base/error.h"
#include "master/sweep/figures.h"
#include "master/sweep/fit_view.h"

namespace mandel {

// Makes `folder` if need be and writes sweep.html, sweep.csv, sweep.json, wall.svg, efficiency.svg
// and, of the fastest chunk count's median run, gantt.svg and rows.svg. `fit` may be null. None of
// the files appears before all could be written. Errors name --report and the path.
Result<void> write_report(const std::string& folder, const Sweep& sweep, const FitView* fit);

}  // namespace mandel
