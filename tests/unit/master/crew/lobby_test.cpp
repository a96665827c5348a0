// The lobby with workers that are no more than a socket: who is told apart, and who is sent away.
#include "master/crew/lobby.h"

#include <functional>
#include <gtest/gtest.h>

namespace mandel {
namespace {

wire::Envelope join_of(std::uint64_t incarnation, const std::string& host = "desk1") {
  wire::Envelope envelope;
  envelope.mutable_join()->set_host(host);
  envelope.mutable_join()->set_incarnation(incarnation);
  return envelope;
}

wire::Envelope welcome() {
  wire::Envelope envelope;
  envelope.mutable_welcome()->set_host("desk1");
  return envelope;
}

class LobbyTest : public testing::Test {
 protected:
  LobbyTest() : lobby_(*Lobby::open(context_, {"127.0.0.1", 0}, 1 << 20, std::nullopt)) {}

  std::unique_ptr<DialLink> dial() {
    return std::make_unique<DialLink>(context_, lobby_->address().endpoint(), WorkerSide{100});
  }
  // It asks, and answers the lobby's hello.
  std::unique_ptr<DialLink> joined(std::uint64_t incarnation, const std::string& host = "desk1") {
    auto worker = dial();
    worker->send(join_of(incarnation, host));
    EXPECT_EQ(heard_by(*worker), wire::Envelope::kHello);
    worker->send(welcome());
    return worker;
  }
  // The first thing that a link brings.
  static bool is_welcomed(Connection& link) {
    const auto message = link.receive();
    return message && *message && (*message)->head.has_welcome();
  }
  // Reads what comes to the lobby until `holds`.
  bool until(const std::function<bool()>& holds) {
    const Nanoseconds deadline = steady_now() + 20 * kSecond;
    Sleeper sleeper;
    while (steady_now() < deadline) {
      for (auto& guest : lobby_->receive(steady_now())) guests_.push_back(std::move(guest));
      if (holds()) return true;
      lobby_->watch(sleeper);
      sleeper.sleep(kMillisecond);
    }
    return false;
  }
  // The kind of the next message that the worker hears; KIND_NOT_SET: of none.
  wire::Envelope::KindCase heard_by(DialLink& worker) {
    auto kind = wire::Envelope::KIND_NOT_SET;
    Sleeper sleeper;
    (void)until([&] {
      worker.watch(sleeper);
      sleeper.sleep(kMillisecond);
      const auto message = worker.receive();
      if (message && *message) kind = (*message)->head.kind_case();
      return kind != wire::Envelope::KIND_NOT_SET;
    });
    return kind;
  }

  zmq::context_t context_;
  std::unique_ptr<Lobby> lobby_;
  std::vector<Lobby::Guest> guests_;
};

TEST_F(LobbyTest, WhoJoinsHasALinkOnce) {
  const auto worker = joined(7);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  EXPECT_EQ(guests_[0].host, "desk1");
  EXPECT_EQ(guests_[0].address.host, "127.0.0.1");
  const auto connector = lobby_->connector(guests_[0]);
  const auto link = *connector->connect();
  ASSERT_NE(link, nullptr);
  EXPECT_EQ(*connector->connect(), nullptr) << "until it comes again";

  EXPECT_TRUE(is_welcomed(*link));
  wire::Envelope hello;
  hello.mutable_hello();
  wire::Envelope beat;
  beat.mutable_beat();
  link->send(hello);  // was said already
  link->send(beat);
  EXPECT_EQ(heard_by(*worker), wire::Envelope::kBeat);
  worker->send(beat);
  std::optional<FromPeer<Message>> got;
  ASSERT_TRUE(until([&] { return (got = link->receive()).has_value(); }));
  EXPECT_TRUE((*got)->head.has_beat());
}

TEST_F(LobbyTest, ASessionThatEndsSendsTheWorkerAway) {
  const auto worker = joined(7);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  (*lobby_->connector(guests_[0])->connect()).reset();
  EXPECT_EQ(heard_by(*worker), wire::Envelope::kRefusal);
}

TEST_F(LobbyTest, OneThatJoinsAnewEndsItsOldLink) {
  const auto old = joined(7);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto connector = lobby_->connector(guests_[0]);
  const auto link = *connector->connect();
  ASSERT_NE(link, nullptr);
  EXPECT_FALSE(link->ended());
  const auto anew = joined(7);
  EXPECT_TRUE(until([&] { return link->ended().has_value(); }));
  EXPECT_NE(*connector->connect(), nullptr);
  EXPECT_EQ(guests_.size(), 1u) << "it is the same worker";
}

TEST_F(LobbyTest, WhoJoinsAndDoesNotAnswerHasNoPlace) {
  std::vector<std::unique_ptr<DialLink>> silent;
  for (std::uint64_t incarnation = 1; incarnation < 20; ++incarnation) {
    silent.push_back(dial());
    silent.back()->send(join_of(incarnation));
    EXPECT_EQ(heard_by(*silent.back()), wire::Envelope::kHello);
  }
  const auto honest = joined(77);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto link = *lobby_->connector(guests_[0])->connect();
  ASSERT_NE(link, nullptr);
  EXPECT_TRUE(is_welcomed(*link));
}

TEST_F(LobbyTest, WhoDoesNotAnswerIsSentAwayInTheEnd) {
  const auto silent = dial();
  silent->send(join_of(1));
  EXPECT_EQ(heard_by(*silent), wire::Envelope::kHello);
  (void)lobby_->receive(steady_now() + 6 * kSecond);
  EXPECT_EQ(heard_by(*silent), wire::Envelope::kRefusal);
}

TEST_F(LobbyTest, TheNextProcessOfAMachineGetsThePlaceOfOneThatHasGone) {
  auto worker = joined(1);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto connector = lobby_->connector(guests_[0]);
  for (std::uint64_t incarnation = 2; incarnation < 10; ++incarnation) {
    std::unique_ptr<Connection> link;
    ASSERT_TRUE(until([&] { return (link = *connector->connect()) != nullptr; }));
    EXPECT_TRUE(is_welcomed(*link));
    link.reset();
    worker = joined(incarnation);
  }
  EXPECT_EQ(guests_.size(), 1u);
}

TEST_F(LobbyTest, ButNotThatOfOneWhoIsHere) {
  const auto one = joined(7);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto other = joined(8);  // while the first waits for its link
  ASSERT_TRUE(until([&] { return guests_.size() == 2; }));
  const auto link = *lobby_->connector(guests_[0])->connect();
  const auto third = joined(9);  // while it has one
  EXPECT_TRUE(until([&] { return guests_.size() == 3; }));
}

// So nobody is many machines by a new name each time.
TEST_F(LobbyTest, AMachineIsWhereItCameFromWhateverItCallsItself) {
  const auto one = joined(7, "desk1");
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto other = joined(8, "desk2");
  ASSERT_TRUE(until([&] { return guests_.size() == 2; }));
  EXPECT_NE(guests_[0].place, guests_[1].place);
  EXPECT_EQ(guests_[0].machine, guests_[1].machine);
}

TEST_F(LobbyTest, WhoWasDismissedHasNoPlaceAndItsMachineNotForEver) {
  for (std::uint64_t incarnation = 1; incarnation <= 8; ++incarnation) {
    const auto worker = joined(incarnation);
    ASSERT_TRUE(until([&] { return guests_.size() == incarnation; }));
    const auto connector = lobby_->connector(guests_.back());
    (*connector->connect()).reset();
    connector->close();
  }
  const auto known = joined(3);
  EXPECT_EQ(heard_by(*known), wire::Envelope::kRefusal);
  const auto next = joined(9);
  EXPECT_EQ(heard_by(*next), wire::Envelope::kRefusal);
  EXPECT_EQ(guests_.size(), 8u);
}

TEST_F(LobbyTest, BehindAClosedDoorOnlyThoseWhoWereHereComeIn) {
  const auto known = joined(7);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto seat = lobby_->connector(guests_[0])->connect();
  lobby_->close_door();
  const auto stranger = joined(8);
  EXPECT_EQ(heard_by(*stranger), wire::Envelope::kRefusal);
  EXPECT_EQ(guests_.size(), 1u);
  const auto again = joined(7);
  const auto connector = lobby_->connector(guests_[0]);
  std::unique_ptr<Connection> link;
  EXPECT_TRUE(until([&] { return (link = *connector->connect()) != nullptr; }));
}

TEST_F(LobbyTest, WhatComesBeforeAJoinIsNobodys) {
  const auto worker = dial();
  wire::Envelope beat;
  beat.mutable_beat();
  worker->send(beat);
  worker->send(join_of(7));
  EXPECT_EQ(heard_by(*worker), wire::Envelope::kHello);
  worker->send(welcome());
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto link = *lobby_->connector(guests_[0])->connect();
  ASSERT_NE(link, nullptr);
  EXPECT_TRUE(is_welcomed(*link));
  EXPECT_FALSE(link->receive());
}

TEST_F(LobbyTest, AWorkerThatIsGoneEndsItsLink) {
  auto worker = joined(7);
  ASSERT_TRUE(until([&] { return guests_.size() == 1; }));
  const auto link = *lobby_->connector(guests_[0])->connect();
  ASSERT_NE(link, nullptr);
  worker.reset();
  wire::Envelope beat;
  beat.mutable_beat();
  EXPECT_TRUE(until([&] {
    link->send(beat);
    return link->ended().has_value();
  }));
}

}  // namespace
}  // namespace mandel
