// Which GPUs this machine has, asked once. Without a driver the answer takes a fraction of a
// millisecond and says nothing on stderr; with one, the first question starts the driver.
#pragma once

#include "kernels/device_list.h"

namespace mandel::cuda {

const DeviceList& devices();

}  // namespace mandel::cuda
