// See work_estimate.h.
#include "master/live/work_estimate.h"

#include <algorithm>
#include <cmath>

namespace mandel {
namespace {

constexpr double kInertia_s = 3;   // with which the expected end moves
constexpr double kPaceMin = 0.01;  // of the work, before the time left is guessed from it

}  // namespace

WorkEstimate::WorkEstimate(std::uint32_t rows) : rows_(rows), strips_(std::min(rows, kStripsMax)) {
  each_strip({0, rows}, [](Strip& strip, double part) { strip.rows += part; });
}

// Every strip that shares rows with the band, and how many.
template <typename Take>
void WorkEstimate::each_strip(const Band& band, Take take) {
  if (strips_.empty()) return;  // before there is a job
  const double rows_each = static_cast<double>(rows_) / static_cast<double>(strips_.size());
  const double first = band.first_row;
  const double end = first + band.rows;
  for (auto k = static_cast<std::size_t>(first / rows_each); k < strips_.size(); ++k) {
    const double from = std::max(first, static_cast<double>(k) * rows_each);
    const double to = std::min(end, static_cast<double>(k + 1) * rows_each);
    if (static_cast<double>(k) * rows_each >= end) return;
    if (to > from) take(strips_[k], to - from);
  }
}

void WorkEstimate::done(const Band& band, double cost) {
  each_strip(band, [&](Strip& strip, double part) {
    strip.rows_known += part;
    strip.cost += cost * part / band.rows;
  });
}

void WorkEstimate::done_before(const Band& band) {
  each_strip(band, [](Strip& strip, double part) { strip.rows_before += part; });
}

void WorkEstimate::undone(const Band& band) {
  each_strip(band, [](Strip& strip, double part) {
    if (strip.rows_known <= 0) return;
    const double taken = std::min(part, strip.rows_known);
    strip.cost *= 1 - taken / strip.rows_known;
    strip.rows_known -= taken;
  });
  shown_ = 0;
  ends_s_.reset();
}

WorkEstimate::Shown WorkEstimate::show(Nanoseconds at) {
  // A strip's cost a row; between strips that have one, on a line from one to the other.
  std::vector<double> row_cost(strips_.size(), -1);
  std::optional<std::size_t> before;
  for (std::size_t k = 0; k < strips_.size(); ++k) {
    if (strips_[k].rows_known <= 0) continue;
    row_cost[k] = strips_[k].cost / strips_[k].rows_known;
    for (std::size_t between = before ? *before + 1 : 0; between < k; ++between) {
      const double near =
          before ? static_cast<double>(between - *before) / static_cast<double>(k - *before) : 1;
      row_cost[between] = (before ? row_cost[*before] : 0) * (1 - near) + row_cost[k] * near;
    }
    before = k;
  }
  for (std::size_t k = before ? *before + 1 : 0; k < strips_.size(); ++k)
    row_cost[k] = before ? row_cost[*before] : 1;
  double done = 0;
  double known = 0;
  double all = 0;
  for (std::size_t k = 0; k < strips_.size(); ++k) {
    done += row_cost[k] * (strips_[k].rows_known + strips_[k].rows_before);
    known += row_cost[k] * strips_[k].rows_known;
    all += row_cost[k] * strips_[k].rows;
  }
  if (all <= 0) return {};
  const double share = std::clamp(done / all, 0.0, 1.0);
  shown_ = std::max(shown_, share);
  Shown shown{.done = shown_};
  const double now_s = seconds(at);
  const double pace = known / all;  // what this run has done
  if (pace < kPaceMin || now_s <= 0) return shown;
  const double ends_s = now_s + now_s * (1 - share) / pace;
  const double follow = 1 - std::exp(-(now_s - last_s_) / kInertia_s);
  ends_s_ = ends_s_ ? *ends_s_ + (ends_s - *ends_s_) * follow : ends_s;
  last_s_ = now_s;
  shown.left_s = std::max(0.0, *ends_s_ - now_s);
  return shown;
}

}  // namespace mandel
