// Secure links over TCP on loopback: who gets through, and what those are told who don't.
#include "common/keys/gate.h"

#include <gtest/gtest.h>

#include "common/wire/link.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

constexpr Nanoseconds kGateDeadline = 20 * kSecond;

class GateTest : public testing::Test {
 protected:
  GateTest() {
    EXPECT_TRUE(write_key_pair(folder_.path(kIdFile), make_key_pair("worker"), ""));
    write_bytes(list_, master_.public_key + " a master\n");
    gate_ =
        std::make_unique<Gate>(context_, *KeyRing::open(folder_.path(), KeyRing::Role::kWorker));
    listener_ = std::make_unique<ListenLink>(
        *ListenLink::bind(context_, "tcp://127.0.0.1:*", WorkerSide{100}, gate_.get()));
  }

  std::unique_ptr<DialLink> dial(const std::optional<Curve>& curve) {
    auto link = std::make_unique<DialLink>(context_, listener_->address()->endpoint(),
                                           MasterSide{1 << 20}, curve);
    wire::Envelope hello;
    hello.mutable_hello();
    link->send(hello);
    return link;
  }
  // Serves the gate until `got` has something.
  template <typename Got>
  auto eventually(DialLink& dialler, Got got) {
    const Nanoseconds until = steady_now() + kGateDeadline;
    Sleeper sleeper;
    for (;;) {
      refused_ += gate_->answer();
      if (auto something = got(); something || steady_now() > until) return something;
      gate_->watch(sleeper);
      listener_->watch(sleeper);
      dialler.watch(sleeper);
      sleeper.sleep(kGateDeadline);  // nothing but news ends it
    }
  }
  std::optional<LinkEnd> end_of(DialLink& dialler) {
    return eventually(dialler, [&] { return dialler.ended(); });
  }

  const TempFolder folder_;
  const std::string list_ = folder_.path("authorized_masters");
  const KeyPair master_ = make_key_pair("master");
  zmq::context_t context_;
  std::unique_ptr<Gate> gate_;
  std::unique_ptr<ListenLink> listener_;
  std::size_t refused_ = 0;
};

TEST_F(GateTest, AdmitsWhomTheListNamesAndTellsByMessagesWhoItIs) {
  const auto dialler = dial(Curve{master_, gate_->own().public_key});
  const auto incoming = eventually(*dialler, [&] { return listener_->receive(); });
  ASSERT_TRUE(incoming && incoming->message);
  EXPECT_EQ(incoming->key, master_.public_key);
  EXPECT_TRUE(gate_->admits(incoming->key));
  write_bytes(list_, "# nobody any more\n");
  gate_->refresh();
  EXPECT_FALSE(gate_->admits(incoming->key));
  EXPECT_EQ(refused_, 0u);
}

TEST_F(GateTest, AStrangerIsToldThatHeIsOne) {
  const auto dialler = dial(Curve{make_key_pair("stranger"), gate_->own().public_key});
  EXPECT_EQ(end_of(*dialler), LinkEnd::kNotAdmitted);
  EXPECT_EQ(refused_, 1u);
  EXPECT_FALSE(listener_->receive());
}

TEST_F(GateTest, WhoExpectsAnotherKeyIsHungUpOn) {
  const auto dialler = dial(Curve{master_, make_key_pair("other").public_key});
  EXPECT_EQ(end_of(*dialler), LinkEnd::kMisheard);
  EXPECT_FALSE(listener_->receive());
}

TEST_F(GateTest, APlainGreetingIsHungUpOn) {
  const auto dialler = dial(std::nullopt);
  const auto end = end_of(*dialler);
  EXPECT_TRUE(end == LinkEnd::kMisheard || end == LinkEnd::kUnlike);
  EXPECT_FALSE(listener_->receive());
}

TEST_F(GateTest, NoKeyIsNobodys) { EXPECT_FALSE(gate_->admits("")); }

}  // namespace
}  // namespace mandel
