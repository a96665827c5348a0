// What doctor says: for people, and for programs.
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
