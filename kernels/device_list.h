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
  };
  std::vector<Device> devices;
  std::string why_none;  // a clause for a log, empty if there are devices
};

}  // namespace mandel
