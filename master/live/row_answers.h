// The picture's rows as readers get them: what changed, or all. All of it is megabytes, and
// everybody wants that at once, when a page is opened or a job ends: so it is made once, in memory,
// for all who come within a second. Beside the page, whose server and clock its tests can do
// without. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/http/message.h"
#include "master/colours/colour_map.h"
#include "master/live/live_state.h"

namespace mandel {

// What a map by rank has to know of the picture; as far as the display shows it.
ColourMap learnt_from(const LiveState& state, ColourMap colours);

class RowAnswers {
 public:
  static constexpr std::ptrdiff_t kManyRows = 64;  // whoever wants so many gets all
  static constexpr Nanoseconds kWholeFor = kSecond;

  explicit RowAnswers(ColourMap colours) : colours_(std::move(colours)) {}

  // To one who has the rows of the version `since`; 0: of none. States get newer from call to call.
  HttpResponse answer(const LiveState& state, std::uint64_t since, Nanoseconds now);

 private:
  void learn(const LiveState& state);
  std::string bytes(const LiveState& state, std::uint64_t since) const;

  const ColourMap colours_;
  std::optional<ColourMap> learnt_;  // by rank: from so many rows, at this version
  std::size_t learnt_rows_ = 0;
  std::uint64_t recoloured_ = 0;
  struct {
    std::shared_ptr<const std::string> bytes;
    std::uint32_t run = 0;
    std::uint64_t version = 0;
    Nanoseconds made = 0;
  } all_;
};

}  // namespace mandel
