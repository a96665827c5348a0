// What doctor says: for people, and for programs. Both are made here from the same findings, so
// that they can't disagree, and as text, so that a test needs neither a host nor a terminal.
#pragma once

#include <string>
#include <vector>

#include "master/doctor/verdict.h"

namespace mandel::doctor {

struct Examined {
  Facts facts;
  std::vector<Finding> findings;
};

// A line for each check, under a line for each host.
std::string report_text(const std::vector<Examined>& hosts);
std::string report_json(const std::vector<Examined>& hosts);

}  // namespace mandel::doctor
