// Today's programs and those of other releases: versions that meet work together, and where they
// don't, both sides say so in a sentence and go on with their lives.
#include <atomic>
#include <csignal>
#include <gtest/gtest.h>
#include <map>
#include <thread>
#include <zmq.hpp>

#include "process.h"
#include "replay.h"

namespace mandel::e2e {
namespace {

std::string hello_of(std::uint32_t min, std::uint32_t max) {
  wire::Envelope envelope;
  envelope.mutable_hello()->set_protocol_min(min);
  envelope.mutable_hello()->set_protocol_max(max);
  return frame_of(encode(envelope));
}

std::string welcome_of(std::uint32_t version) {
  wire::Envelope envelope;
  envelope.mutable_welcome()->set_protocol(version);
  return frame_of(encode(envelope));
}

constexpr const char* kMasterIsOlder = "mandel-master is the older one";
constexpr const char* kWorkerIsOlder = "mandel-worker is the older one";

void expect_refused(const std::string& hello, const char* sentence) {
  Worker worker;
  const wire::Envelope answer = answer_to(hello, worker.address());
  EXPECT_NE(answer.refusal().reason().find(sentence), std::string::npos)
      << answer.refusal().reason();
  EXPECT_EQ(answer.refusal().protocol_max(), kProtocolMax);
  EXPECT_TRUE(worker.process().prints_error(sentence)) << worker.process().err();
  const MasterRun run = run_master({"--hosts", worker.address()});
  EXPECT_EQ(run.status, 0) << "it serves others as before: " << run.err;
}

TEST(OldMaster, OfProtocol1IsToldThatItIsTooOld) {
  expect_refused(hello_of_protocol_1(), kMasterIsOlder);
}

TEST(OldMaster, OfThisProtocolIsWelcome) {
  const Worker worker;
  const wire::Envelope answer = answer_to(hello_of_protocol_2(), worker.address());
  EXPECT_EQ(answer.welcome().protocol(), 2u);
  EXPECT_EQ(answer.welcome().lanes_size(), 1);
  EXPECT_EQ(answer.welcome().encodings_size(), 2);
}

TEST(NewerMaster, ThatSpeaksThisProtocolTooIsWelcomeInIt) {
  const Worker worker;
  const wire::Envelope answer =
      answer_to(hello_of(kProtocolMax, kProtocolMax + 7), worker.address());
  EXPECT_EQ(answer.welcome().protocol(), kProtocolMax);
}

TEST(NewerMaster, ThatDoesNotIsToldThatThisWorkerIsTooOld) {
  expect_refused(hello_of(kProtocolMax + 1, kProtocolMax + 7), kWorkerIsOlder);
}

void expect_unused(const std::string& answer, const std::string& sentence) {
  const ReplayedService worker(worker_handshake(), answer);
  const MasterRun run = run_master({"--hosts", worker.address(), "--patience", "1"});
  EXPECT_EQ(run.status, 4);
  EXPECT_NE(run.err.find(sentence), std::string::npos) << run.err;
}

TEST(OldWorker, OfProtocol1IsNotUsedAndItsReasonIsShown) {
  expect_unused(
      refusal_of_protocol_1(),
      "it refused: protocol versions do not meet: the master speaks 2 to 2, this worker 1");
}

TEST(OldWorker, ThatAnswersInProtocol1IsNotUsed) {
  expect_unused(welcome_of_protocol_1(), kWorkerIsOlder);
}

TEST(NewerWorker, ThatAnswersInAProtocolToComeIsNotUsed) {
  expect_unused(welcome_of(kProtocolMax + 1), kMasterIsOlder);
}

// Stands between a master and a worker, and lets both believe that the other's newest version is
// `newest`. Counts the batches that it passes on.
class Between {
 public:
  Between(std::string worker, std::uint32_t newest)
      : worker_("tcp://" + std::move(worker)), newest_(newest) {
    masters_.set(zmq::sockopt::linger, 0);
    masters_.bind("tcp://127.0.0.1:*");
    address_ = masters_.get(zmq::sockopt::last_endpoint).substr(std::string("tcp://").size());
    thread_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested()) pass_on();
    });
  }

  const std::string& address() const { return address_; }
  int batches() const { return batches_; }

 private:
  using Frames = std::vector<zmq::message_t>;

  static Frames read(zmq::socket_t& socket) {
    Frames frames;
    do (void)socket.recv(frames.emplace_back());
    while (frames.back().more());
    return frames;
  }
  static void write(zmq::socket_t& socket, Frames frames) {
    for (std::size_t k = 0; k < frames.size(); ++k)
      socket.send(std::move(frames[k]),
                  k + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }

  void look_at(zmq::message_t& frame) {
    wire::Envelope head;
    if (!head.ParseFromArray(frame.data(), static_cast<int>(frame.size()))) return;
    batches_ += head.has_batch() ? 1 : 0;
    if (!head.has_hello()) return;
    head.mutable_hello()->set_protocol_max(newest_);
    frame = zmq::message_t(encode(head));
  }

  // Each master's connection gets one of its own to the worker.
  zmq::socket_t& worker_of(const std::string& master) {
    const auto [it, is_new] = workers_.try_emplace(master, context_, zmq::socket_type::dealer);
    if (is_new) {
      it->second.set(zmq::sockopt::linger, 0);
      it->second.connect(worker_);
    }
    return it->second;
  }

  void pass_on() {
    std::vector<zmq::pollitem_t> items = {{masters_.handle(), 0, ZMQ_POLLIN, 0}};
    std::vector<std::string> names;
    for (auto& [master, socket] : workers_) {
      items.push_back({socket.handle(), 0, ZMQ_POLLIN, 0});
      names.push_back(master);
    }
    zmq::poll(items, std::chrono::milliseconds(20));
    if (items[0].revents != 0) {
      Frames frames = read(masters_);
      look_at(frames[1]);
      zmq::socket_t& worker = worker_of(frames[0].to_string());
      frames.erase(frames.begin());
      write(worker, std::move(frames));
    }
    for (std::size_t k = 0; k < names.size(); ++k) {
      if (items[k + 1].revents == 0) continue;
      Frames frames = read(workers_.at(names[k]));
      look_at(frames[0]);
      frames.insert(frames.begin(), zmq::message_t(names[k]));
      write(masters_, std::move(frames));
    }
  }

  const std::string worker_;
  const std::uint32_t newest_;
  std::string address_;
  std::atomic<int> batches_ = 0;
  zmq::context_t context_;
  zmq::socket_t masters_{context_, zmq::socket_type::router};
  std::map<std::string, zmq::socket_t> workers_;
  std::jthread thread_;
};

TEST(Versions, OfWhichTheOlderIs2DoTheJobWithAMessageAChunk) {
  const Worker worker;
  const Between between(worker.address(), 2);
  const MasterRun run = run_master({"--hosts", between.address(), "--chunks", "500"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find(kTutorialSum), std::string::npos) << run.out;
  EXPECT_EQ(between.batches(), 0);
}

TEST(Versions, From3OnSaySeveralThingsAtOnce) {
  const Worker worker;
  const Between between(worker.address(), kProtocolMax);
  const MasterRun run = run_master({"--hosts", between.address(), "--chunks", "500"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_NE(run.out.find(kTutorialSum), std::string::npos) << run.out;
  EXPECT_GT(between.batches(), 0);
}

TEST(OldWorker, OfThisProtocolIsUsed) {
  const ReplayedService worker(worker_handshake(), welcome_of_protocol_2());
  Process master(master_command({"--hosts", worker.address(), "--verbose"}));
  EXPECT_TRUE(master.prints_error(worker.address() + " is ready: 1 lanes of scalar"))
      << master.err();
  master.signal(SIGKILL);
}

}  // namespace
}  // namespace mandel::e2e
