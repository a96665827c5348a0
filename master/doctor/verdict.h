// From what was seen of a host to what is wrong with it and what to do. A pure function of the
// facts, so that every verdict can be tested without a network in that state.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "master/doctor/facts.h"

namespace mandel::doctor {

enum class Grade {
  kFine,
  kRemark,  // worth knowing; a job can use the host
  kFault,   // a job can't
};

// One line of the report. docs/faults.md lists all verdicts.
struct Finding {
  std::string_view check;    // "name", "port", "service" ...
  std::string_view verdict;  // for programs: "refused", "no-answer" ...
  Grade grade = Grade::kFine;
  std::string seen;    // half a sentence
  std::string advice;  // what to do, for a remark or a fault
};

// In the order of the checks. A fault is the last: it hides what is behind it.
std::vector<Finding> judge(const Facts& facts);

bool is_well(std::span<const Finding> findings);

// Figures for a host that was measured; 0 where there is none.
Nanoseconds round_trip(const Measured& measured);  // the median
double bits_per_second(const Measured& measured);  // towards the master

}  // namespace mandel::doctor
