// How many CPUs' time a container or a service may use: the CFS quota of its control group, and of
// those around it. sched_getaffinity() says nothing of it, and lanes beyond it only stand in each
// other's way until the next period begins.
//
// Source: cgroup-v2.rst (cpu.max) and sched-bwc.rst (cpu.cfs_quota_us) of Linux' documentation.
#pragma once

#include <optional>
#include <string>

namespace mandel {

// The least quota, in CPUs: 0.5 is half of one; nothing if there is none. Paths are below `root`,
// which only a test needs.
std::optional<double> cpu_quota(const std::string& root = "");

}  // namespace mandel
