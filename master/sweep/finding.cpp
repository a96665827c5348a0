// See finding.h.
#include "master/sweep/finding.h"

#include <algorithm>
#include <fmt/format.h>

#include "master/stats/units.h"
#include "master/sweep/derived.h"

namespace mandel {
namespace {

Slope slope_to(const Sweep& sweep, const SweepPoint& best, const SweepPoint& end) {
  const RunFigures& low = best.median();
  const RunFigures& high = end.median();
  const auto grown = [&](const TimePart& part) {
    return high.split.*part.time - low.split.*part.time;
  };
  const TimePart& part = *std::ranges::max_element(kTimeParts, {}, grown);
  const auto extra = static_cast<double>(high.wall_ns - low.wall_ns);
  Slope slope{&end, &part};
  if (low.wall_ns > 0) slope.growth = extra / static_cast<double>(low.wall_ns);
  if (extra > 0) slope.part_share = static_cast<double>(grown(part)) / (extra * sweep.lanes());
  return slope;
}

std::string text_of(const Slope& slope) {
  // The ends may lie so close to the best that there is nothing to explain.
  if (slope.growth < 0.005) return fmt::format("{} take as long", chunks_text(slope.end->chunks));
  const char* much = slope.part_share >= 0.5 ? "mostly" : "above all";
  return fmt::format("{} {} {:.0f} % longer, {} because {}", chunks_text(slope.end->chunks),
                     slope.end->chunks == 1 ? "takes" : "take", slope.growth * 100, much,
                     slope.part->reason);
}

}  // namespace

std::string chunks_text(std::uint32_t chunks) {
  return fmt::format("{} chunk{}", chunks, chunks == 1 ? "" : "s");
}

Finding find_minimum(const Sweep& sweep) {
  const SweepPoint& best = best_point(sweep);
  const SweepPoint& first = sweep.points.front();
  const SweepPoint& last = sweep.points.back();
  Finding finding;
  finding.best = &best;
  if (&first != &best) finding.fewer = slope_to(sweep, best, first);
  if (&last != &best) finding.more = slope_to(sweep, best, last);

  const Nanoseconds limit = wall_range(best).max;
  const auto is_worse = [&](const SweepPoint& point) { return point.median().wall_ns > limit; };
  const auto middle = sweep.points.begin() + (&best - &first);
  const auto after = std::find_if(middle, sweep.points.end(), is_worse);
  const auto before =
      std::find_if(std::make_reverse_iterator(middle), sweep.points.rend(), is_worse);
  finding.flat_from = before.base()->chunks;
  finding.flat_to = std::prev(after)->chunks;
  return finding;
}

std::string headline(const Finding& finding) {
  const std::uint32_t chunks = finding.best->chunks;
  return fmt::format("{} {} fastest: {}", chunks_text(chunks), chunks == 1 ? "is" : "are",
                     time_text(finding.best->median().wall_ns));
}

std::string explanation(const Sweep& sweep, const Finding& finding) {
  const SweepPoint& best = *finding.best;
  std::string text =
      fmt::format("{:.2f} times as fast as one lane", derive(sweep, best, best.median()).speed_up);
  if (finding.flat_from != finding.flat_to)
    text += fmt::format(" (within the spread of its repeats, {} to {} chunks are as good)",
                        finding.flat_from, finding.flat_to);
  if (finding.fewer)
    text += "; " + text_of(*finding.fewer);
  else if (best.chunks > 1)
    text += "; fewer were not tried";
  if (finding.more)
    text += "; " + text_of(*finding.more);
  else if (best.rows_per_chunk > 1)
    text += "; more were not tried";
  return text;
}

std::string sentence(const Sweep& sweep, const Finding& finding) {
  return fmt::format("{}, {}.", headline(finding), explanation(sweep, finding));
}

}  // namespace mandel
