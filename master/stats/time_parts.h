// The parts of a split (TimeSplit) as a reader meets them: one order, one colour and one wording
// for the table, the plots, the CSV and the JSON.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "master/stats/timing.h"

namespace mandel {

struct TimePart {
  std::string_view key;     // in CSV and JSON, without the unit
  std::string_view label;   // in a legend
  std::string_view reason;  // "1024 chunks take longer because REASON"; short, for a plot
  Nanoseconds TimeSplit::* time;
  std::string_view colour;
};

// In the order of stacking, useful time first. The colours are Okabe and Ito's: people with any
// kind of colour blindness can tell them apart ("Color Universal Design", 2008).
inline constexpr std::array<TimePart, 9> kTimeParts = {
    {{"computing", "computing", "the kernels compute longer", &TimeSplit::computing_ns, "#0072B2"},
     {"preparing", "preparing", "lanes prepare the picture longer", &TimeSplit::preparing_ns,
      "#000000"},
     {"encoding", "encoding", "lanes hash and compress longer", &TimeSplit::encoding_ns, "#56B4E9"},
     {"wire", "on the wire", "lanes wait for the wire", &TimeSplit::wire_ns, "#D55E00"},
     {"handover", "handing over", "lanes wait for the handover", &TimeSplit::handover_ns,
      "#F0E442"},
     {"starved", "starved", "lanes are left without a chunk", &TimeSplit::starved_ns, "#E69F00"},
     {"tail", "waiting for the last", "lanes wait for the last chunk", &TimeSplit::tail_ns,
      "#CC79A7"},
     {"startup", "start-up", "lanes wait for the first chunk", &TimeSplit::startup_ns, "#009E73"},
     {"away", "worker away", "workers are away", &TimeSplit::away_ns, "#999999"}}};
constexpr const TimePart& part_of(Nanoseconds TimeSplit::* time) {
  return *std::ranges::find(kTimeParts, time, &TimePart::time);
}
static_assert(sizeof(TimeSplit) == kTimeParts.size() * sizeof(Nanoseconds), "a part is missing");

}  // namespace mandel
