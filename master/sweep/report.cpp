// See report.h.
#include "master/sweep/report.h"

#include <filesystem>
#include <fmt/format.h>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

#include "master/sinks/output_file.h"
#include "master/sweep/csv.h"
#include "master/sweep/derived.h"
#include "master/sweep/html.h"
#include "master/sweep/json.h"
#include "master/sweep/plots.h"

namespace mandel {
namespace {

using Named = std::pair<const char*, std::string>;

std::vector<Named> files_of(const Sweep& sweep, const FitView* fit) {
  const SweepPoint& best = best_point(sweep);
  return {{"sweep.csv", sweep_csv(sweep)},
          {"sweep.json", sweep_json(sweep, fit)},
          {"sweep.html", sweep_html(sweep, fit)},
          {"wall.svg", wall_plot(sweep, fit).file_text()},
          {"efficiency.svg", efficiency_plot(sweep).file_text()},
          {"gantt.svg", gantt_plot(sweep, best).file_text()},
          {"rows.svg", rows_plot(sweep, best).file_text()}};
}

Result<void> write_files(const std::string& folder, const std::vector<Named>& files) {
  std::vector<OutputFile> outputs;
  for (const auto& [name, text] : files) {
    auto output = OutputFile::create((std::filesystem::path(folder) / name).string());
    if (!output) return tl::unexpected(output.error());
    if (auto written = output->write(std::as_bytes(std::span(text))); !written) return written;
    outputs.push_back(std::move(*output));
  }
  for (OutputFile& output : outputs)
    if (auto committed = output.commit(); !committed) return committed;
  return {};
}

}  // namespace

Result<void> write_report(const std::string& folder, const Sweep& sweep, const FitView* fit) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error)
    return fail(fmt::format("--report: can't make the folder {}: {}", folder, error.message()));
  auto written = write_files(folder, files_of(sweep, fit));
  if (!written) return fail("--report: " + written.error().what);
  return {};
}

}  // namespace mandel
