// Whatever is thrown inside becomes a code and a sentence. (The library hides this part of it, so
// the test has a copy.)
#include "kernels/c_api/fault.h"

#include <gtest/gtest.h>
#include <new>
#include <string>
#include <system_error>

#include "kernels/deep_engine.h"
#include "kernels/device_error.h"

namespace mandel {
namespace {

template <typename Thrown>
void expect_told(const Thrown& thrown, int status, const std::string& sentence) {
  char error[100] = "as before";
  EXPECT_EQ(guarded(error, sizeof error, [&] { throw thrown; }), status);
  EXPECT_EQ(error, sentence);
}

TEST(CApiFault, IsTheCodeOfWhatWasThrown) {
  expect_told(Fault(MANDEL_STOPPED, "enough"), MANDEL_STOPPED, "enough");
  expect_told(DeviceError("the GPU is gone"), MANDEL_DEVICE_FAILED, "the GPU is gone");
  expect_told(DeepError("it touches"), MANDEL_UNPROVED, "it touches");
  expect_told(std::bad_alloc(), MANDEL_NO_MEMORY, "there is not enough memory");
  expect_told(std::system_error(EAGAIN, std::generic_category()), MANDEL_NO_MEMORY,
              "this process may not start so many threads");
  expect_told(std::logic_error("a bug"), MANDEL_INTERNAL, "a bug");
  expect_told(7, MANDEL_INTERNAL, "an exception of unknown type");
}

TEST(CApiFault, IsNoneWhereNothingWasThrown) {
  char error[100] = "as before";
  EXPECT_EQ(guarded(error, sizeof error, [] {}), MANDEL_OK);
  EXPECT_STREQ(error, "");
}

}  // namespace
}  // namespace mandel
