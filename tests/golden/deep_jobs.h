// The published pictures of deep.csv, in true-count, for the tests of the kernels and of the whole
// system, and for the benchmark. Small ones were computed by plain MPFR and by a program of other
// bounds, which agreed in every pixel.
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "kernels/deep/decimal.h"
#include "kernels/deep/quotient.h"
#include "kernels/deep/view.h"

namespace mandel {

struct DeepGolden {
  std::string name, re, im, span;
  std::uint32_t side = 0;
  std::uint32_t max_iter = 0;
  std::uint64_t sum = 0;
  std::string sha256;

  // The same place in so many pixels each way; the sum and the digest are of `side`.
  DeepView view(std::uint32_t pixels) const {
    constexpr std::size_t kDigits = 40;
    const std::string step = to_text(quotient(
        parse_decimal(span).value(), parse_decimal(std::to_string(pixels)).value(), kDigits));
    return {to_text(parse_decimal(re).value()),
            to_text(parse_decimal(im).value()),
            step,
            step,
            pixels,
            pixels};
  }
  DeepView view() const { return view(side); }
};

inline std::vector<DeepGolden> read_deep_golden(const char* path = MANDEL_DEEP_CSV) {
  std::ifstream file(path);
  std::vector<DeepGolden> all;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    DeepGolden one;
    char comma = 0;
    for (std::string* text : {&one.name, &one.re, &one.im, &one.span})
      std::getline(fields, *text, ',');
    fields >> one.side >> comma >> one.max_iter >> comma >> one.sum >> comma >> one.sha256;
    all.push_back(one);
  }
  return all;
}

inline DeepGolden deep_golden(const std::string& name) {
  for (const DeepGolden& one : read_deep_golden())
    if (one.name == name) return one;
  throw std::runtime_error("no row of deep.csv is called " + name);
}

}  // namespace mandel
