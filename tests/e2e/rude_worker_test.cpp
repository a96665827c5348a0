// Workers that break the protocol towards a master, frame by frame, over a bare ROUTER socket: the
// project's own link could not say most of this. hostile_test has those that speak properly and
// lie, and masters that are rude to workers.
#include <atomic>
#include <csignal>
#include <gtest/gtest.h>
#include <thread>
#include <zmq.hpp>

#include "common/wire/wire.h"
#include "kernels/kernel.h"
#include "process.h"

namespace mandel::e2e {
namespace {

constexpr const char* kChunks = "50";
constexpr std::size_t kBodyBytes = 10 * 500 * 4;               // of each
constexpr std::size_t kFrameBytesTooMany = kHeadBytesMax + 1;  // for a head, and for such a body

using Frames = std::vector<std::string>;

// What it says to every task.
struct Rudeness {
  const char* name;
  Frames (*answer)(wire::Envelope result);
  int times = 1;
};

void PrintTo(const Rudeness& rudeness, std::ostream* out) { *out << rudeness.name; }

// Greets as it should, is rude at its first task, and says goodbye, if anybody still listens.
class RudeWorker {
 public:
  explicit RudeWorker(Rudeness rudeness)
      : rudeness_(rudeness), socket_(context_, zmq::socket_type::router) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvtimeo, 20);
    socket_.bind("tcp://127.0.0.1:*");
    address_ = socket_.get(zmq::sockopt::last_endpoint).substr(std::string("tcp://").size());
    thread_ = std::jthread([this](std::stop_token stop) {
      while (!stop.stop_requested()) serve();
    });
  }

  const std::string& address() const { return address_; }
  bool has_been_rude() const { return has_been_rude_; }

 private:
  void serve() {
    zmq::message_t peer, frame;
    if (!socket_.recv(peer)) return;
    if (!socket_.recv(frame)) return;
    wire::Envelope envelope;
    envelope.ParseFromArray(frame.data(), static_cast<int>(frame.size()));
    if (envelope.has_hello()) say(peer, {encode(welcome())});
    if (!envelope.has_task()) return;
    for (int n = 0; n < rudeness_.times; ++n)
      say(peer, rudeness_.answer(result_for(envelope.task())));
    wire::Envelope goodbye;
    goodbye.mutable_goodbye();
    say(peer, {encode(goodbye)});
    has_been_rude_ = true;
  }

  void say(const zmq::message_t& peer, const Frames& frames) {
    socket_.send(zmq::buffer(peer.data(), peer.size()), zmq::send_flags::sndmore);
    for (std::size_t k = 0; k < frames.size(); ++k)
      socket_.send(zmq::buffer(frames[k]),
                   k + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  }

  static wire::Envelope welcome() {
    wire::Envelope envelope;
    envelope.mutable_welcome()->set_protocol(kProtocolMin);  // a task comes by itself
    envelope.mutable_welcome()->set_chunks_max(4);
    envelope.mutable_welcome()->add_lanes()->set_semantics(std::string(kExactF64));
    return envelope;
  }

  // A result in its best form; its counts are all 0, and its hash is right for them.
  static wire::Envelope result_for(const wire::Task& task) {
    wire::Envelope envelope;
    wire::Result& result = *envelope.mutable_result();
    result.set_job(task.job());
    result.set_chunk(task.chunk());
    result.set_attempt(task.attempt());
    const Fingerprint print =
        fingerprint(std::vector<std::uint32_t>(kBodyBytes / sizeof(std::uint32_t)));
    result.set_sum(print.sum);
    result.set_hash_low(print.hash_low);
    result.set_hash_high(print.hash_high);
    result.set_encoding(wire::RAW_U32);
    return envelope;
  }

  const Rudeness rudeness_;
  zmq::context_t context_;
  zmq::socket_t socket_;  // the thread's, once it runs
  std::string address_;
  std::atomic<bool> has_been_rude_ = false;
  std::jthread thread_;
};

std::string zeros() { return std::string(kBodyBytes, '\0'); }

const Rudeness kRudenesses[] = {
    {"ABodyTooLarge",
     [](wire::Envelope result) -> Frames {
       return {encode(result), std::string(kFrameBytesTooMany, '\0')};
     }},
    {"AHeadTooLarge",
     [](wire::Envelope) -> Frames { return {std::string(kFrameBytesTooMany, 'x'), zeros()}; }},
    {"AHeadCutShort",
     [](wire::Envelope result) -> Frames {
       const std::string head = encode(result);
       return {head.substr(0, head.size() - 1), zeros()};
     }},
    {"AnEmptyFrame", [](wire::Envelope) -> Frames { return {""}; }},
    {"RandomBytes", [](wire::Envelope) -> Frames { return {"\x9f\x03garbage\xff", "\x01\x02"}; }},
    {"ThreeFrames",
     [](wire::Envelope result) -> Frames { return {encode(result), zeros(), "more"}; }},
    {"AResultWithoutABody", [](wire::Envelope result) -> Frames { return {encode(result)}; }},
    {"AResultOfAnotherJob",
     [](wire::Envelope result) -> Frames {
       result.mutable_result()->set_job(result.result().job() + 1);
       return {encode(result), zeros()};
     }},
    {"AResultOfNoChunk",
     [](wire::Envelope result) -> Frames {
       result.mutable_result()->set_chunk(4'000'000'000);
       return {encode(result), zeros()};
     }},
    {"AFailureOfNoChunk",
     [](wire::Envelope result) -> Frames {
       wire::Envelope failure;
       failure.mutable_failure()->set_job(result.result().job());
       failure.mutable_failure()->set_chunk(4'000'000'000);
       failure.mutable_failure()->set_reason(std::string(10'000, '\x1b'));
       return {encode(failure)};
     }},
    {"ABatchThatSaysNoLengths",
     [](wire::Envelope result) -> Frames {
       wire::Envelope batch;
       for (int k = 0; k < 2; ++k) *batch.mutable_batch()->add_messages() = result;
       return {encode(batch), zeros() + zeros()};
     }},
    {"ABatchOfMoreThanItsBody",
     [](wire::Envelope result) -> Frames {
       wire::Envelope batch;
       for (int k = 0; k < 2; ++k) {
         *batch.mutable_batch()->add_messages() = result;
         batch.mutable_batch()->add_body_bytes(kBodyBytes);
       }
       return {encode(batch), zeros()};
     }},
    {"ABatchInABatch",
     [](wire::Envelope) -> Frames {
       wire::Envelope batch;
       batch.mutable_batch()->add_messages()->mutable_batch()->add_messages()->mutable_leaving();
       return {encode(batch)};
     }},
    {"ManyBatchesInOneAnother",
     [](wire::Envelope) -> Frames {
       wire::Envelope batch;
       wire::Envelope* inner = &batch;
       for (int k = 0; k < 90; ++k) inner = inner->mutable_batch()->add_messages();
       inner->mutable_leaving();
       return {encode(batch)};
     }},
    {"ABatchWithAResultOfAnotherJob",
     [](wire::Envelope result) -> Frames {
       result.mutable_result()->set_job(result.result().job() + 1);
       wire::Envelope batch;
       batch.mutable_batch()->add_messages()->mutable_beat();
       *batch.mutable_batch()->add_messages() = result;
       batch.mutable_batch()->add_body_bytes(kBodyBytes);
       return {encode(batch), zeros()};
     }},
    {"AMessageThatOnlyMastersSend",
     [](wire::Envelope) -> Frames {
       wire::Envelope hello;
       hello.mutable_hello();
       return {encode(hello)};
     }},
};

class RudeTo : public testing::TestWithParam<Rudeness> {};

TEST_P(RudeTo, AMasterCostsNothingButThatWorker) {
  const RudeWorker rude(GetParam());
  Worker honest;
  honest.process().signal(SIGSTOP);  // so that the other one gets its turn, however fast this is
  Process master(
      master_command({"--chunks", kChunks, "--hosts", rude.address() + "," + honest.address(),
                      "--expect-sum", kTutorialSum}));
  EXPECT_TRUE(eventually([&] { return rude.has_been_rude(); })) << master.err();
  honest.process().signal(SIGCONT);
  EXPECT_EQ(master.wait(), 0) << master.err();
}

TEST_P(RudeTo, AMasterWithNoOtherWorkerEndsTheJob) {
  const RudeWorker rude(GetParam());
  const MasterRun run =
      run_master({"--chunks", kChunks, "--hosts", rude.address(), "--patience", "0.5"});
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_NE(run.err.find(rude.address()), std::string::npos) << run.err;
}

TEST(Flood, OfOneWrongResultEndsWithItsWorkerAndFillsNoLog) {
  const RudeWorker rude({"AWrongSumAgainAndAgain",
                         [](wire::Envelope result) -> Frames {
                           result.mutable_result()->set_sum(1);
                           return {encode(result), zeros()};
                         },
                         3000});
  Worker honest;
  honest.process().signal(SIGSTOP);  // so that the other one gets its turn, however fast this is
  Process master(
      master_command({"--chunks", kChunks, "--hosts", rude.address() + "," + honest.address(),
                      "--expect-sum", kTutorialSum}));
  EXPECT_TRUE(master.prints_error("is not used any more")) << master.err();
  honest.process().signal(SIGCONT);
  EXPECT_EQ(master.wait(), 0) << master.err();
  EXPECT_LT(lines_of(master.err()), 50) << master.err();
}

INSTANTIATE_TEST_SUITE_P(Hostile, RudeTo, testing::ValuesIn(kRudenesses),
                         [](const auto& rudeness) { return rudeness.param.name; });

}  // namespace
}  // namespace mandel::e2e
