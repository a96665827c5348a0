#include "master/live/display.h"

#include <gtest/gtest.h>
#include <set>

namespace mandel {
namespace {

using State = DisplayRow::State;

// Counts that tell where they are from.
std::vector<std::uint32_t> counts_of(const Band& band, std::uint32_t columns) {
  std::vector<std::uint32_t> counts;
  for (std::uint32_t row = band.first_row; row < band.first_row + band.rows; ++row)
    for (std::uint32_t column = 0; column < columns; ++column)
      counts.push_back(10'000 * row + column);
  return counts;
}

TEST(Display, OfASmallPictureIsThePicture) {
  Display display(3, 5);
  const Band band{1, 2};
  display.accepted(0, band, 4, counts_of(band, 3), 7);
  const auto rows = display.show(1);
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[0].counts, nullptr);
  EXPECT_EQ(*rows[1].counts, (std::vector<std::uint32_t>{10'000, 10'001, 10'002}));
  EXPECT_EQ(*rows[2].counts, (std::vector<std::uint32_t>{20'000, 20'001, 20'002}));
  EXPECT_EQ(rows[3].counts, nullptr);
  EXPECT_EQ(rows[2].worker, 4u);
  EXPECT_EQ(rows[2].done, 7);
}

// Whatever the chunks are, each row of the display is filled once, from the picture's row
// floor(k * rows / display rows).
TEST(Display, OfALargePictureTakesEveryRowFromOneChunk) {
  for (const std::uint32_t chunk_rows : {1u, 7u, 100u, 3000u}) {
    Display display(2000, 3000);
    ASSERT_EQ(display.rows(), 1024u);
    ASSERT_EQ(display.columns(), 683u) << "the proportions are the picture's";
    std::uint32_t chunk = 0;
    for (std::uint32_t first = 0; first < 3000; first += chunk_rows) {
      const Band band{first, std::min(chunk_rows, 3000 - first)};
      display.accepted(chunk++, band, 0, counts_of(band, 2000), 1);
    }
    const auto rows = display.show(1);
    for (std::uint32_t k = 0; k < rows.size(); ++k) {
      ASSERT_NE(rows[k].counts, nullptr) << k;
      EXPECT_EQ(rows[k].counts->front(), 10'000 * (k * 3000 / 1024));
      EXPECT_EQ(rows[k].counts->back(), 10'000 * (k * 3000 / 1024) + 682 * 2000 / 683);
    }
  }
}

TEST(Display, TellsWhatBecomesOfABand) {
  Display display(1, 4);
  const Band band{0, 2};
  const auto state = [&] { return display.show(1)[1].state; };
  EXPECT_EQ(state(), State::kOpen);
  display.sent(9, band, 1, 1, 5);
  EXPECT_EQ(state(), State::kInWork);
  display.came_back(band);
  EXPECT_EQ(state(), State::kCameBack);
  display.sent(9, band, 2, 2, 6);
  display.kept(band);
  display.sent(9, band, 3, 3, 7);
  EXPECT_EQ(state(), State::kKept);
  display.accepted(9, band, 2, counts_of(band, 1), 8);
  display.sent(9, band, 1, 4, 9);
  EXPECT_EQ(state(), State::kDone) << "a backup changes nothing that is done";
  display.revoked(band);
  EXPECT_EQ(state(), State::kRevoked);
  EXPECT_EQ(display.show(99)[1].counts, nullptr);
  EXPECT_EQ(display.show(99)[2].state, State::kOpen) << "of another chunk";
}

TEST(Display, MarksWhatHasChanged) {
  Display display(1, 4);
  display.show(1);
  display.sent(9, {2, 1}, 1, 1, 5);
  const auto rows = display.show(2);
  EXPECT_EQ(rows[1].version, 1u);
  EXPECT_EQ(rows[2].version, 2u);
}

TEST(Display, ReadsOnlyWhatItShowsOfAnEarlierRun) {
  Display display(2048, 2048);
  std::set<std::uint32_t> read;
  display.done_before(0, {0, 100}, [&](std::uint32_t row, std::span<std::uint32_t> counts) {
    read.insert(row);
    counts[0] = row;
    return row != 4;
  });
  EXPECT_EQ(read.size(), 50u);
  const auto rows = display.show(1);
  EXPECT_EQ(rows[1].counts->front(), 2u);
  EXPECT_EQ(rows[2].counts, nullptr) << "it could not be read";
}

}  // namespace
}  // namespace mandel
