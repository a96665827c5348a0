// The devices that a backend can run on, each a lane of its own, or why there are none: "why is
// this machine's GPU not used?" is the first question of anyone who has one.
#pragma once

#include <string>
#include <vector>

namespace mandel {

struct DeviceList {
  struct Device {
    int id;  // the driver's number for it
    std::string name;
    bool by_name_only = false;  // `auto` passes over it: a CPU, or another backend's device
  };
  std::vector<Device> devices;
  std::string why_none;  // a clause for a log, empty if there are devices
  std::vector<std::string>
      refused;  // clauses: those whose driver failed when it was tried, and how
};

}  // namespace mandel
