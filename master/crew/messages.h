// The Hello that opens every session of this master.
#pragma once

#include "common/wire/wire.h"

namespace mandel {

wire::Envelope hello_message();

}  // namespace mandel
