// See messages.h.
#include "master/crew/messages.h"

#include <fmt/format.h>

#include "common/program/version.h"

namespace mandel {

wire::Envelope hello_message() {
  wire::Envelope envelope;
  wire::Hello& hello = *envelope.mutable_hello();
  hello.set_protocol_min(kProtocolMin);
  hello.set_protocol_max(kProtocolMax);
  hello.set_software(fmt::format("mandel {}", kVersion));
  for (const auto encoding : {wire::RAW_U32, wire::PLANES_LZ4}) hello.add_encodings(encoding);
  return envelope;
}

}  // namespace mandel
