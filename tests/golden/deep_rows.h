// The published figures of deep.csv: pictures whose counts are proved, for the tests of the kernels
// and of the whole system, and for the benchmark.
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kernels/deep/decimal.h"
#include "kernels/deep/quotient.h"
#include "kernels/deep/view.h"

namespace mandel {

struct DeepRow {
  std::string name;
  std::string span;
  DeepView view;
  std::uint32_t max_iter = 0;
  std::uint64_t sum = 0;
  std::string sha256;  // of the counts as row-major little-endian uint32

  // The same place, in so many pixels each way; what is published is not of that.
  DeepRow resized(std::uint32_t side) const {
    DeepRow row = *this;
    row.view.columns = row.view.rows = side;
    constexpr std::size_t kDigits = 40;
    const Decimal pixels = parse_decimal(std::to_string(side)).value();
    row.view.step_x = row.view.step_y =
        to_text(quotient(parse_decimal(span).value(), pixels, kDigits));
    return row;
  }
};

inline std::vector<DeepRow> read_deep_rows() {
  std::vector<DeepRow> rows;
  std::ifstream file(MANDEL_DEEP_GOLDEN_CSV);
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string name, re, im, span, side, max_iter, sum, sha256;
    for (std::string* field : {&name, &re, &im, &span, &side, &max_iter, &sum, &sha256})
      std::getline(fields, *field, ',');
    const DeepRow row{
        name,
        span,
        {to_text(parse_decimal(re).value()), to_text(parse_decimal(im).value()), "1", "1", 1, 1},
        static_cast<std::uint32_t>(std::stoul(max_iter)),
        std::stoull(sum),
        sha256};
    rows.push_back(row.resized(static_cast<std::uint32_t>(std::stoul(side))));
  }
  return rows;
}

}  // namespace mandel
