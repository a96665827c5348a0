// The figures of each point, in units that suit, with the best row marked.
#include "master/sweep/table.h"

#include <gtest/gtest.h>

#include "tests/unit/master/sweep/made_sweep.h"

namespace mandel {
namespace {

TEST(SweepTable, HoldsTheFiguresAndMarksTheBestRow) {
  EXPECT_EQ(
      sweep_table(tiny_sweep()),
      "chunks | rows/chunk | on the wire | wall ms |     min..max | speed-up | efficiency % | "
      " overhead µs/chunk | network %\n"
      "     1 |          8 |     2.00 kB |   15.00 | 15.00..15.00 |     1.00 |         50.0 | "
      "           15000.0 |       3.3\n"
      "     4 |          2 |     2.00 kB |   10.00 |  9.00..11.00 |     1.50 |         75.0 | "
      "            1000.0 |      15.0  <- fastest\n"
      "     8 |          1 |     2.00 kB |   20.00 | 20.00..20.00 |     0.75 |         37.5 | "
      "            3000.0 |      60.0\n"
      "4 chunks are fastest: 10.0 ms, 1.50 times as fast as one lane; 1 chunk takes 50 % "
      "longer, mostly because lanes wait for the last chunk; 8 chunks take 100 % longer, "
      "mostly because lanes wait for the wire.\n");
}

TEST(SweepTable, TheUnitSuitsTheBestTime) {
  Sweep sweep = tiny_sweep();
  for (SweepPoint& point : sweep.points)
    for (RunFigures& run : point.runs) run.wall_ns /= 100;
  const SweepTable table = table_of(sweep);
  EXPECT_EQ(table.heads[3], "wall µs");
  EXPECT_EQ(table.rows[table.best][3], "100.00");
}

}  // namespace
}  // namespace mandel
