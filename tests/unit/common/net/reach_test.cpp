// Whoever meets a closed port is told what to do about it.
#include "common/net/reach.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

TEST(Reach, ADiagnosisSaysWhatToDoAboutARefusedConnection) {
  EXPECT_NE(diagnose({"127.0.0.1", 1}, 1000).find("start mandel-worker"), std::string::npos);
}

}  // namespace
}  // namespace mandel
