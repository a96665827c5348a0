// The published figures of golden.csv, for the tests of the kernels and of the whole system alike.
#pragma once

#include <cstdint>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

namespace mandel {

struct GoldenJob {
  std::uint32_t request = 0;
  std::uint32_t max_iter = 0;
  std::uint32_t columns = 0;
  std::uint32_t rows = 0;
  std::uint64_t sum = 0;
  std::string sha256;
};

// How GoogleTest names one in a failure.
inline void PrintTo(const GoldenJob& job, std::ostream* out) {
  *out << job.request << "/" << job.max_iter;
}

inline std::vector<GoldenJob> read_golden_jobs() {
  std::ifstream file(MANDEL_GOLDEN_CSV);
  std::vector<GoldenJob> jobs;
  std::string line;
  std::getline(file, line);  // the header
  while (std::getline(file, line)) {
    GoldenJob job;
    char comma = 0;
    std::istringstream(line) >> job.request >> comma >> job.max_iter >> comma >> job.columns >>
        comma >> job.rows >> comma >> job.sum >> comma >> job.sha256;
    jobs.push_back(job);
  }
  return jobs;
}

}  // namespace mandel
