// See codec_choice.h.
#include "master/crew/codec_choice.h"

namespace mandel {

std::optional<Codec> codec_named(std::string_view name) {
  if (name == "auto") return Codec::kAuto;
  if (name == "lz4") return Codec::kLz4;
  if (name == "none") return Codec::kNone;
  return std::nullopt;
}

wire::Encoding encoding_for(Codec codec, const std::optional<Address>& address) {
  const bool has_network = address && !is_loopback(*address);
  const bool is_compressed = codec == Codec::kLz4 || (codec == Codec::kAuto && has_network);
  return is_compressed ? wire::PLANES_LZ4 : wire::RAW_U32;
}

}  // namespace mandel
