// The folder of keys, and who is met with which of them.
#include "common/keys/key_ring.h"

#include <gtest/gtest.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

const Address kDesk{"desk1", 5755};
const Address kNumeric{"192.0.2.7", 5755};

class KeyRingTest : public testing::Test {
 protected:
  KeyPair make(const char* file) const {
    const KeyPair pair = make_key_pair("test");
    EXPECT_TRUE(write_key_pair(folder_.path(file), pair, ""));
    return pair;
  }
  Credentials credentials(KeyRing::Role role) const { return {role, folder_.path(), false}; }

  const TempFolder folder_;
  const KeyPair other_ = make_key_pair("other");
};

TEST_F(KeyRingTest, WithoutAKeyItSaysHowToGetOne) {
  const auto ring = KeyRing::open(folder_.path(), KeyRing::Role::kWorker);
  ASSERT_FALSE(ring);
  EXPECT_NE(ring.error().what.find("mandel-keygen"), std::string::npos);
  EXPECT_NE(ring.error().what.find("--insecure"), std::string::npos);
}

TEST_F(KeyRingTest, AWorkerTrustsItsMastersAndAMasterItsWorkers) {
  const KeyPair own = make(kIdFile);
  const KeyPair worker = make_key_pair("worker");
  write_bytes(folder_.path("authorized_masters"), other_.public_key);
  write_bytes(folder_.path("known_workers"), "desk1:5755 " + worker.public_key);
  const auto at_worker = KeyRing::open(folder_.path(), KeyRing::Role::kWorker);
  const auto at_master = KeyRing::open(folder_.path(), KeyRing::Role::kMaster);
  ASSERT_TRUE(at_worker && at_master);
  EXPECT_EQ(at_worker->own().secret_key, own.secret_key);
  EXPECT_TRUE(at_worker->trusts(other_.public_key));
  EXPECT_FALSE(at_worker->trusts(worker.public_key));
  EXPECT_FALSE(at_worker->trusts(own.public_key)) << "one's own key is nobody's else";
  EXPECT_FALSE(at_worker->trusts(""));
  EXPECT_TRUE(at_master->trusts(worker.public_key));
  EXPECT_FALSE(at_master->trusts(other_.public_key));
}

TEST_F(KeyRingTest, TheClustersKeyServesEverybody) {
  make(kIdFile);
  const KeyPair cluster = make(kClusterFile);
  write_bytes(folder_.path("known_workers"), "desk1:5755 " + other_.public_key);
  const auto ring = KeyRing::open(folder_.path(), KeyRing::Role::kMaster);
  ASSERT_TRUE(ring);
  EXPECT_EQ(ring->own().secret_key, cluster.secret_key);
  EXPECT_TRUE(ring->trusts(cluster.public_key));
  EXPECT_FALSE(ring->trusts_nobody());
  EXPECT_EQ(ring->key_at({"desk9", 5755}, kNumeric), cluster.public_key);
  EXPECT_EQ(ring->key_at(kDesk, kNumeric), other_.public_key) << "what is said of one holds";
}

TEST_F(KeyRingTest, AWorkerThatDialsExpectsItsOnlyMaster) {
  make(kIdFile);
  write_bytes(folder_.path("authorized_masters"), other_.public_key);
  const auto ring = KeyRing::open(folder_.path(), KeyRing::Role::kWorker);
  ASSERT_TRUE(ring);
  EXPECT_EQ(ring->key_at(kDesk, kNumeric), other_.public_key);
  write_bytes(folder_.path("authorized_masters"),
              other_.public_key + "\n" + make_key_pair("").public_key);
  const auto of_two =
      KeyRing::open(folder_.path(), KeyRing::Role::kWorker)->key_at(kDesk, kNumeric);
  ASSERT_FALSE(of_two);
  EXPECT_NE(of_two.error().what.find("authorized_masters, with desk1"), std::string::npos);
}

TEST_F(KeyRingTest, AKeyIsKnownByNameOrNumber) {
  make(kIdFile);
  const auto credentials = this->credentials(KeyRing::Role::kMaster);
  const auto unknown = credentials.towards(kDesk, kNumeric);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().what.find("known_workers"), std::string::npos) << unknown.error().what;
  for (const char* address : {"desk1", "192.0.2.7:5755"}) {
    write_bytes(folder_.path("known_workers"), address + (" " + other_.public_key));
    const auto security = credentials.towards(kDesk, kNumeric);
    ASSERT_TRUE(security && security->curve) << address;
    EXPECT_EQ(security->curve->peer, other_.public_key);
    EXPECT_FALSE(security->may_be_plain);
  }
}

TEST_F(KeyRingTest, OnlyLoopbackAndInsecureArePlain) {
  auto credentials = this->credentials(KeyRing::Role::kWorker);
  for (const char* loopback : {"127.0.0.1", "127.0.1.1", "::1"}) {
    const auto ring = credentials.of_listener({loopback, 0});
    EXPECT_TRUE(ring && !*ring) << loopback;
  }
  for (const char* open : {"0.0.0.0", "192.0.2.7", "::", "2001:db8::1"}) {
    EXPECT_FALSE(credentials.of_listener({open, 0})) << open << ": there is no key";
    EXPECT_FALSE(credentials.towards({open, 1}, {open, 1})) << open;
  }
  credentials.is_insecure = true;
  const auto ring = credentials.of_listener({"0.0.0.0", 0});
  EXPECT_TRUE(ring && !*ring);
  const auto security = credentials.towards(kDesk, kNumeric);
  EXPECT_TRUE(security && !security->curve && security->may_be_plain);
}

TEST_F(KeyRingTest, OnThisMachineKeysAreUsedWhereTheyAreKnownAndNotRequired) {
  const Address here{"127.0.1.1", 5755};
  const auto without = credentials(KeyRing::Role::kMaster).towards(kDesk, here);
  EXPECT_TRUE(without && !without->curve && without->may_be_plain);
  make(kClusterFile);
  const auto with = credentials(KeyRing::Role::kMaster).towards(kDesk, here);
  EXPECT_TRUE(with && with->curve && with->may_be_plain);
}

}  // namespace
}  // namespace mandel
