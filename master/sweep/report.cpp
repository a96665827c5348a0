// See report.h.
#include "master/sweep/report.h"

#include <fmt/format.h>
#include <span>
#include <system_error>
#include <utility>

#include "master/sweep/csv.h"
#include "master/sweep/derived.h"
#include "master/sweep/html.h"
#include "master/sweep/json.h"
#include "master/sweep/plots.h"

namespace mandel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFiles[] = {"sweep.csv",      "sweep.json", "sweep.html", "wall.svg",
                                  "efficiency.svg", "gantt.svg",  "rows.svg"};

// In the order of kFiles.
std::vector<std::string> texts_of(const Sweep& sweep, const FitView* fit) {
  const SweepPoint& best = best_point(sweep);
  return {sweep_csv(sweep),
          sweep_json(sweep, fit),
          sweep_html(sweep, fit),
          wall_plot(sweep, fit).file_text(),
          efficiency_plot(sweep).file_text(),
          gantt_plot(sweep, best).file_text(),
          rows_plot(sweep, best).file_text()};
}

// Of the folder and those around it, the missing ones.
std::vector<fs::path> missing(const fs::path& folder) {
  std::error_code ignored;
  if (folder.empty() || fs::exists(folder, ignored)) return {};
  auto outer = missing(folder.parent_path());
  outer.push_back(folder);
  return outer;
}

}  // namespace

std::vector<std::string> Report::files_in(const std::string& folder) {
  std::vector<std::string> files;
  for (const char* name : kFiles) files.push_back(fs::path(folder) / name);
  return files;
}

Result<std::unique_ptr<Report>> Report::open(const std::string& folder) {
  std::unique_ptr<Report> report(new Report);
  report->made_ = missing(folder);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return fail(fmt::format("--report: can't make the folder {}: {}", folder, error.message()));
  for (const std::string& path : files_in(folder)) {
    auto output = OutputFile::create(path);
    if (!output) return fail("--report: " + output.error().what);
    report->outputs_.push_back(*std::move(output));
  }
  return report;
}

Report::~Report() {
  outputs_.clear();
  std::error_code ignored;
  while (!made_.empty()) {
    fs::remove(made_.back(), ignored);  // which it does not, with anything in it
    made_.pop_back();
  }
}

Result<void> Report::write(const Sweep& sweep, const FitView* fit) {
  auto written = write_files(texts_of(sweep, fit));
  return written ? written : fail("--report: " + written.error().what);
}

Result<void> Report::write_files(const std::vector<std::string>& texts) {
  for (std::size_t k = 0; k < outputs_.size(); ++k)
    if (auto written = outputs_[k].write(std::as_bytes(std::span(texts[k]))); !written)
      return written;
  for (OutputFile& output : outputs_)
    if (auto committed = output.commit(); !committed) return committed;
  return {};
}

}  // namespace mandel
