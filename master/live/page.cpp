// See page.h.
#include "master/live/page.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "common/base/base64.h"
#include "common/base/escape.h"
#include "master/live/live_text.h"
#include "master/live/page_text.h"
#include "master/stats/progress.h"
#include "master/stats/time_parts.h"
#include "master/stats/units.h"

namespace mandel {
namespace {

// JSON within a script element, where "</script" would end it.
std::string in_script(const char* id, std::string json) {
  for (std::size_t at = 0; (at = json.find('<', at)) != std::string::npos;)
    json.replace(at, 1, "\\u003c");
  return fmt::format(R"(<script type="application/json" id="{}">{}</script>)", id, json);
}

std::string cell(std::string_view text, bool is_text = false) {
  return fmt::format("<td{}>{}</td>", is_text ? R"( class="text")" : "", escape(text));
}

std::string summary(const LiveState& state) {
  if (!state.ending.empty()) return escape(state.ending);
  std::string text = fmt::format("{} of {} chunks, {:.0f} % of the work", state.chunks_done,
                                 state.job.chunks, 100 * state.work_done);
  if (state.left_s) text += fmt::format(", {} left", duration_text(*state.left_s));
  return text + fmt::format(", {} Mpixel/s, {} machine{}.", digits_text(state.rate * 1e-6),
                            state.machines, state.machines == 1 ? "" : "s");
}

std::string machines(const LiveState& state) {
  std::string rows;
  for (const LiveWorker& worker : state.workers)
    rows += "<tr>" + cell(worker.label, true) + cell(digits_text(worker.speed * 1e-6)) +
            cell(worker.words, true) + cell(fmt::to_string(worker.chunks)) +
            cell(fmt::to_string(worker.lanes)) + cell(worker.kernel, true) +
            cell(worker.round_trip_s
                     ? time_text(static_cast<Nanoseconds>(*worker.round_trip_s * kSecond))
                     : "") +
            cell(bytes_text(static_cast<std::uint64_t>(worker.in_rate)) + "/s") +
            cell(bytes_text(static_cast<std::uint64_t>(worker.out_rate)) + "/s") + "</tr>\n";
  return rows;
}

std::string parts(const LiveState& state) {
  const double all = sum_of(state.parts);
  const double recent = sum_of(state.recent);
  const auto share = [](double part, double whole) {
    return percent_text(whole > 0 ? part / whole : 0);
  };
  std::string rows;
  for (std::size_t k = 0; k < kTimeParts.size(); ++k)
    rows += "<tr>" + cell(kTimeParts[k].label, true) + cell(share(state.parts[k], all)) +
            cell(share(state.recent[k], recent)) + cell(fmt::format("{:.2f}", state.parts[k])) +
            "</tr>\n";
  return rows;
}

std::string happenings(const LiveState& state) {
  std::string items;
  for (auto it = state.happenings.rbegin(); it != state.happenings.rend(); ++it)
    items += fmt::format("<li>{:.1f} s: {}</li>\n", seconds((*it)->at), escape((*it)->text));
  return items;
}

Marks marks_of(const LiveState& state) {
  return {{"TITLE", escape("mandel: " + state.job.title)},
          {"SUMMARY", summary(state)},
          {"MACHINES", machines(state)},
          {"PARTS", parts(state)},
          {"HAPPENINGS", happenings(state)},
          {"JOB", in_script("job", job_json())}};
}

}  // namespace

std::string_view page_style() { return live::kStyle; }
std::string_view page_script() { return live::kScript; }

std::string served_page(const LiveState& state) {
  Marks marks = marks_of(state);
  marks["STYLE"] = R"(<link rel="stylesheet" href="/page.css">)";
  marks["SCRIPT"] = R"(<script type="module" src="/page.js"></script>)";
  return filled(live::kPage, marks);
}

std::string saved_page(const LiveState& state, const std::string& instance,
                       const ColourMap& colours) {
  using nlohmann::ordered_json;
  const ordered_json saved = {
      {"state", ordered_json::parse(state_json(state, instance))},
      {"happenings", ordered_json::parse(happenings_json(state, 0))},
      {"rows", base64(row_bytes(state, 0, colours, 0))},
      {"lanes_job", base64(lane_bytes(state.lanes_job, state.version, 0))},
      {"lanes_minute", base64(lane_bytes(state.lanes_minute, state.version, 0))},
      {"sweep_svg",
       state.sweep && state.sweep->plot ? ordered_json(*state.sweep->plot) : ordered_json()}};
  Marks marks = marks_of(state);
  marks["STYLE"] = fmt::format("<style>{}</style>", live::kStyle);
  marks["SCRIPT"] = fmt::format("<script type=\"module\">{}</script>", live::kScript);
  marks["SAVED"] = in_script("saved", saved.dump());
  return filled(live::kPage, marks);
}

}  // namespace mandel
