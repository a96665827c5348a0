// Compressing pays only where there is a network.
#include "master/crew/codec_choice.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

using Where = std::optional<Address>;

const Where kInside;
const Where kLoopback = Address{"127.0.0.1"};
const Where kLoopback6 = Address{"::1"};
const Where kDesk = Address{"192.168.1.7"};
const Where kUnresolved = Address{"desk1"};

TEST(CodecChoice, CompressesWhereThereIsANetworkUnlessToldOtherwise) {
  struct Row {
    Codec codec;
    Where where;
    wire::Encoding encoding;
  };
  const Row rows[] = {
      {Codec::kAuto, kInside, wire::RAW_U32},        {Codec::kAuto, kLoopback, wire::RAW_U32},
      {Codec::kAuto, kLoopback6, wire::RAW_U32},     {Codec::kAuto, kDesk, wire::PLANES_LZ4},
      {Codec::kAuto, kUnresolved, wire::PLANES_LZ4}, {Codec::kLz4, kInside, wire::PLANES_LZ4},
      {Codec::kLz4, kLoopback, wire::PLANES_LZ4},    {Codec::kLz4, kDesk, wire::PLANES_LZ4},
      {Codec::kNone, kInside, wire::RAW_U32},        {Codec::kNone, kLoopback, wire::RAW_U32},
      {Codec::kNone, kDesk, wire::RAW_U32},
  };
  for (const Row& row : rows)
    EXPECT_EQ(encoding_for(row.codec, row.where), row.encoding)
        << static_cast<int>(row.codec) << " " << (row.where ? row.where->text() : "inside");
}

}  // namespace
}  // namespace mandel
