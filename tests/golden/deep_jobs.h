// The known pictures of deep.csv, in true-count: small ones were computed by plain MPFR and by a
// program of other bounds, which agreed in every pixel.
#pragma once

#include <cstdint>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace mandel {

struct DeepGolden {
  std::string name, re, im, span;
  std::uint32_t side = 0;
  std::uint32_t max_iter = 0;
  std::uint64_t sum = 0;
  std::string sha256;
};

inline std::vector<DeepGolden> read_deep_golden() {
  std::ifstream file(MANDEL_DEEP_CSV);
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
