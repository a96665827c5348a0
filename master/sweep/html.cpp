// See html.h.
#include "master/sweep/html.h"

#include <algorithm>
#include <fmt/format.h>

#include "common/base/escape.h"
#include "common/program/version.h"
#include "master/stats/units.h"
#include "master/sweep/chart.h"
#include "master/sweep/derived.h"
#include "master/sweep/finding.h"
#include "master/sweep/page_text.h"
#include "master/sweep/plots.h"
#include "master/sweep/table.h"

namespace mandel {
namespace {

std::string figure(const Svg& svg) { return "<figure>" + svg.inline_text() + "</figure>\n"; }

std::string row_text(const std::vector<std::string>& cells, std::string_view tag) {
  std::string text;
  for (const std::string& cell : cells) text += fmt::format("<{0}>{1}</{0}>", tag, escape(cell));
  return text;
}

std::string table_section(const Sweep& sweep) {
  const SweepTable table = table_of(sweep);
  std::string text = "<h2>All chunk counts</h2>\n<div class=\"scroll\"><table>\n<tr>" +
                     row_text(table.heads, "th") + "</tr>\n";
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    text += fmt::format("<tr{}>{}</tr>\n", row == table.best ? R"( class="best")" : "",
                        row_text(table.rows[row], "td"));
  text += "</table></div>\n";
  text += fmt::format(
      "<p class=\"small\">Medians. Speed-up is over one lane: {} of computing, as added up in the "
      "median run where it is least. Efficiency is speed-up by lanes. Overhead is all of the "
      "lanes' time but computing. Network is the share of the lanes' time that they were idle "
      "while "
      "a chunk or a result was on the way.</p>\n",
      time_text(one_lane_ns(sweep)));
  return text;
}

// What the model says of a chunk count that was measured, and how far off it is.
std::string fit_row(const Sweep& sweep, const FitPoint& predicted) {
  const auto measured = std::ranges::find(sweep.points, predicted.chunks, &SweepPoint::chunks);
  if (measured == sweep.points.end()) return "";
  const double wall_s = seconds(measured->median().wall_ns);
  const double off = wall_s > 0 ? predicted.wall_s / wall_s - 1 : 0;
  return "<tr>" +
         row_text(
             {fmt::to_string(predicted.chunks), fmt::format("{:.3f}", wall_s * 1e3),
              fmt::format("{:.3f}", predicted.wall_s * 1e3), fmt::format("{:+.1f}", off * 100)},
             "td") +
         "</tr>\n";
}

std::string fit_section(const Sweep& sweep, const FitView& fit) {
  std::string text = fmt::format(
      "<h2>The model: {} would be best</h2>\n<div class=\"scroll\"><table>\n"
      "<tr><th class=\"text\">coefficient</th><th>value</th><th>error ±</th><th "
      "class=\"text\">unit</th></tr>\n",
      chunks_text(fit.best_chunks));
  for (const FitCoefficient& one : fit.coefficients)
    text += fmt::format(
        "<tr><td class=\"text\">{}</td><td>{:.4g}</td><td>{:.2g}</td><td "
        "class=\"text\">{}</td></tr>\n",
        escape(one.name), one.value, one.error, escape(one.unit));
  text +=
      "</table></div>\n<br>\n<div class=\"scroll\"><table>\n"
      "<tr><th>chunks</th><th>measured ms</th><th>model ms</th><th>model is off by %</th></tr>\n";
  for (const FitPoint& predicted : fit.points) text += fit_row(sweep, predicted);
  return text + "</table></div>\n";
}

// A select box, and for each chunk count its lanes and rows, of which one is shown.
std::string runs_section(const Sweep& sweep) {
  const SweepPoint& best = best_point(sweep);
  std::string text =
      "<h2>One run</h2>\n<p>The median run with <select id=\"point\" aria-label=\"chunk count\">";
  for (std::size_t k = 0; k < sweep.points.size(); ++k) {
    const SweepPoint& point = sweep.points[k];
    text += fmt::format("<option value=\"{}\"{}>{}</option>", k, &point == &best ? " selected" : "",
                        chunks_text(point.chunks));
  }
  text += "</select> (or click into the first drawing)</p>\n";
  for (std::size_t k = 0; k < sweep.points.size(); ++k) {
    const SweepPoint& point = sweep.points[k];
    text +=
        fmt::format("<div data-run=\"{}\"{}>\n{}{}</div>\n", k, &point == &best ? "" : " hidden",
                    figure(gantt_plot(sweep, point)), figure(rows_plot(sweep, point)));
  }
  return text;
}

std::string workers_section(const Sweep& sweep) {
  std::string text =
      "<h2>Workers</h2>\n<div class=\"scroll\"><table>\n"
      "<tr><th class=\"text\">worker</th><th class=\"text\">kernel</th><th>lanes</th></tr>\n";
  for (const SweepWorker& worker : sweep.workers)
    text +=
        fmt::format("<tr><td class=\"text\">{}</td><td class=\"text\">{}</td><td>{}</td></tr>\n",
                    escape(worker.label), escape(worker.kernel), worker.lanes);
  return text + "</table></div>\n";
}

}  // namespace

std::string sweep_html(const Sweep& sweep, const FitView* fit) {
  const Finding finding = find_minimum(sweep);
  const std::string title = escape(headline(finding));
  std::string page = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n"
      "<style>\n{}</style>\n</head>\n<body>\n<main>\n<p class=\"small\">{}</p>\n<h1>{}</h1>\n"
      "<p>{}.</p>\n",
      title, kPageStyle, escape(setting_text(sweep)), title, escape(explanation(sweep, finding)));
  page += figure(wall_plot(sweep, fit));
  page += figure(efficiency_plot(sweep));
  page += runs_section(sweep);
  page += table_section(sweep);
  if (fit != nullptr) page += fit_section(sweep, *fit);
  page += workers_section(sweep);
  page += fmt::format(
      "<p class=\"small\">{} x {} pixels, at most {} iterations, sum of the counts {}. Made by "
      "mandel {}.</p>\n</main>\n<div id=\"tip\" hidden></div>\n<script>\n{}</script>\n</body>\n"
      "</html>\n",
      sweep.size.columns, sweep.size.rows, sweep.size.max_iter, sweep.sum, kVersion, kPageScript);
  return page;
}

}  // namespace mandel
