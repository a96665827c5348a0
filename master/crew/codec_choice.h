// Which workers' counts travel compressed? Compressing takes 1 to 2 ns a pixel and decompressing
// 0.5 to 0.7, more than a copy within one machine. It pays where there is a network in between.
#pragma once

#include <optional>
#include <string_view>

#include "common/net/address.h"
#include "mandel.pb.h"

namespace mandel {

enum class Codec { kAuto, kLz4, kNone };

// Of "auto", "lz4" and "none"; nothing for other words.
std::optional<Codec> codec_named(std::string_view name);

// The encoding that a worker is asked for. `address` is numeric, or a name that does not resolve
// (yet); the worker inside has none.
wire::Encoding encoding_for(Codec codec, const std::optional<Address>& address);

}  // namespace mandel
