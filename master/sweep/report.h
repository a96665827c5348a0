// A sweep's report as a folder of files: for a person (sweep.html), a slide (*.svg), a spreadsheet
// (sweep.csv) and a program (sweep.json). Opened before the first run, so that a bad path costs no
// measuring.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "master/sinks/output_file.h"
#include "master/sweep/figures.h"
#include "master/sweep/fit_view.h"

namespace mandel {

class Report {
 public:
  // What it consists of: sweep.html, sweep.csv, sweep.json, wall.svg, efficiency.svg and, of the
  // fastest chunk count's median run, gantt.svg and rows.svg.
  static std::vector<std::string> files_in(const std::string& folder);
  // Makes `folder` if need be. Errors name --report and the path.
  static Result<std::unique_ptr<Report>> open(const std::string& folder);
  // Without write() nothing is left, not even a folder that was made.
  ~Report();
  Report(const Report&) = delete;
  Report& operator=(const Report&) = delete;

  // `fit` may be null. None of the files appears before all could be written.
  Result<void> write(const Sweep& sweep, const FitView* fit);

 private:
  Report() = default;
  Result<void> write_files(const std::vector<std::string>& texts);

  std::vector<OutputFile> outputs_;          // as in files_in()
  std::vector<std::filesystem::path> made_;  // folders, the innermost last
};

}  // namespace mandel
