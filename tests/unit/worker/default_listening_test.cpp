// A worker that was not told where to listen is there for others if a key protects it, and only
// then.
#include "worker/default_listening.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

class DefaultListeningTest : public testing::Test {
 protected:
  void make_key(const char* file) const {
    ASSERT_TRUE(write_key_pair(folder_.path(file), make_key_pair("lab"), ""));
  }
  DefaultListening choose(bool is_insecure = false, bool has_ipv6 = true) const {
    return default_listening(
        {.role = KeyRing::Role::kWorker, .folder = folder_.path(), .is_insecure = is_insecure},
        has_ipv6);
  }

  const TempFolder folder_;
};

bool says(const DefaultListening& chosen, const char* words) {
  return chosen.remark.find(words) != std::string::npos;
}

TEST_F(DefaultListeningTest, WithoutAKeyIsForThisMachineAndSaysWhatToDo) {
  const auto chosen = choose();
  EXPECT_EQ(chosen.address.text(), "127.0.0.1:5755");
  EXPECT_FALSE(chosen.keys);
  EXPECT_TRUE(says(chosen, "only this machine can use it: no key")) << chosen.remark;
  EXPECT_TRUE(says(chosen, "mandel-keygen --cluster lab")) << chosen.remark;
}

TEST_F(DefaultListeningTest, WithAKeyIsForTheNetworkAndEncrypted) {
  for (const char* file : {kIdFile, kClusterFile}) {
    make_key(file);
    EXPECT_EQ(choose().address.text(), "[::]:5755");
    EXPECT_EQ(choose(false, false).address.text(), "0.0.0.0:5755");
    EXPECT_TRUE(choose().keys);
  }
}

TEST_F(DefaultListeningTest, AKeyThatOthersCanReadIsNone) {
  make_key(kClusterFile);
  ASSERT_EQ(chmod(folder_.path(kClusterFile).c_str(), 0644), 0);
  const auto chosen = choose();
  EXPECT_EQ(chosen.address.text(), "127.0.0.1:5755");
  EXPECT_TRUE(says(chosen, "chmod 600")) << chosen.remark;
}

TEST_F(DefaultListeningTest, InsecureIsForTheNetworkOnlyIfThatIsSaid) {
  make_key(kClusterFile);
  const auto chosen = choose(true);
  EXPECT_EQ(chosen.address.text(), "127.0.0.1:5755");
  EXPECT_TRUE(says(chosen, "--listen 0.0.0.0:5755")) << chosen.remark;
}

TEST_F(DefaultListeningTest, BothFamiliesAreNamed) {
  EXPECT_EQ(in_words(Address{"::", 7}), "0.0.0.0:7 and [::]:7");
  EXPECT_EQ(in_words(Address{"127.0.0.1", 7}), "127.0.0.1:7");
}

}  // namespace
}  // namespace mandel
