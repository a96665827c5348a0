// What Kernel::run throws when the device beneath an engine fails: no memory, a lost GPU, a driver
// that gives up. The message is one sentence for a log. The engine may be run again, which throws
// again if the device is gone for good; the counts of the failed run are not to be used.
#pragma once

#include <stdexcept>

namespace mandel {

class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace mandel
