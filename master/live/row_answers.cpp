// See row_answers.h.
#include "master/live/row_answers.h"

#include <algorithm>

#include "master/live/live_text.h"

namespace mandel {
namespace {

constexpr const char* kBinary = "application/octet-stream";

std::size_t rows_done(const LiveState& state) {
  return static_cast<std::size_t>(std::ranges::count_if(
      state.rows, [](const DisplayRow& row) { return row.counts != nullptr; }));
}

}  // namespace

ColourMap learnt_from(const LiveState& state, ColourMap colours) {
  if (!colours.is_by_rank()) return colours;
  CountRanks ranks(std::uint64_t{state.display_columns} * state.rows.size());
  for (const DisplayRow& row : state.rows)
    if (row.counts) ranks.add(*row.counts);
  ranks.sort();
  colours.learn(std::move(ranks));
  return colours;
}

// Ranks change as the picture fills; all colours with them, so not at every row.
void RowAnswers::learn(const LiveState& state) {
  const std::size_t done = rows_done(state);
  const bool is_over = state.phase != "computing";
  if (learnt_ && done >= learnt_rows_ && 4 * done <= 5 * learnt_rows_ &&
      (!is_over || done == learnt_rows_))
    return;
  learnt_ = learnt_from(state, colours_);
  learnt_rows_ = done;
  recoloured_ = state.version;
}

std::string RowAnswers::bytes(const LiveState& state, std::uint64_t since) const {
  return row_bytes(state, since, learnt_ ? *learnt_ : colours_, recoloured_);
}

// What is newer than all of it they are told of, and ask for by itself.
HttpResponse RowAnswers::answer(const LiveState& state, std::uint64_t since, Nanoseconds now) {
  if (colours_.is_by_rank()) learn(state);
  const auto changed = std::ranges::count_if(state.rows, [&](const DisplayRow& row) {
    return row.version > since || (row.counts && recoloured_ > since);
  });
  if (changed < kManyRows) return {.type = kBinary, .body = bytes(state, since)};
  const bool is_over = state.phase != "computing";
  const bool is_old = is_over ? all_.version != state.version : now - all_.made > kWholeFor;
  if (!all_.bytes || all_.run != state.run || since >= all_.version || is_old)
    all_ = {std::make_shared<const std::string>(bytes(state, 0)), state.run, state.version, now};
  return {.type = kBinary, .shared_body = all_.bytes};
}

}  // namespace mandel
