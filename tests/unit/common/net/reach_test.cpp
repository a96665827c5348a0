// Whoever gets no session is told what is the matter, and not something else.
#include "common/net/reach.h"

#include <cerrno>
#include <gtest/gtest.h>

namespace mandel {
namespace {

bool says(const std::string& sentence, const char* words) {
  return sentence.find(words) != std::string::npos;
}

std::string of_zmtp(const char* mechanism, bool with_keys) {
  return why_not_spoken_to({Greeting::Kind::kZmtp, mechanism}, with_keys);
}

TEST(Reach, ADiagnosisSaysWhatToDoAboutARefusedConnection) {
  EXPECT_TRUE(says(diagnose({"127.0.0.1", 1}, false, 1000), "start mandel-worker"));
}

TEST(Reach, ElsewhereARefusalMayBeForWantOfAKey) {
  EXPECT_FALSE(says(why_not_dialled({"127.0.0.1", 1}, ECONNREFUSED), "key"));
  EXPECT_TRUE(says(why_not_dialled({"10.0.0.1", 1}, ECONNREFUSED), "mandel-keygen"));
}

TEST(Reach, WantOfDescriptorsIsOurOwn) {
  EXPECT_TRUE(says(why_not_dialled({"10.0.0.1", 1}, EMFILE), "this process"));
}

TEST(Reach, KeysAreToBlameOnlyIfTheEndsDiffer) {
  EXPECT_TRUE(says(of_zmtp("CURVE", false), "keys only"));
  EXPECT_TRUE(says(of_zmtp("NULL", true), "without keys"));
  for (const bool with_keys : {false, true})
    EXPECT_TRUE(says(of_zmtp(with_keys ? "CURVE" : "NULL", with_keys), "it is there"));
}

TEST(Reach, OneThatSaysNothingMayBeAWorkerThatHangs) {
  EXPECT_TRUE(says(why_not_spoken_to({Greeting::Kind::kSilent, ""}, true), "hangs"));
  EXPECT_TRUE(says(why_not_spoken_to({Greeting::Kind::kForeign, "SSH-2.0"}, true), "SSH-2.0"));
}

}  // namespace
}  // namespace mandel
