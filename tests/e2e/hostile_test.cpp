// Peers that don't keep to the protocol, against the real binaries: a worker that returns wrong
// counts, and masters that speak nonsense.
#include <csignal>
#include <gtest/gtest.h>
#include <thread>

#include "common/wire/link.h"
#include "kernels/kernel.h"
#include "process.h"

namespace mandel::e2e {
namespace {

// Greets like a worker and answers every task with what `spoil` makes of an honest-looking result.
class FakeWorker {
 public:
  using Spoil = void (*)(wire::Result& head, std::vector<std::uint32_t>& counts);

  enum class Manner { kComputes, kHasNoLanes, kRefusesEveryJob };

  FakeWorker(std::uint32_t columns, Spoil spoil, Manner manner = Manner::kComputes)
      : manner_(manner),
        link_(*ListenLink::bind(context_, "tcp://127.0.0.1:*", WorkerSide{100})),
        columns_(columns),
        spoil_(spoil),
        thread_([this](std::stop_token stop) { serve(stop); }) {}

  std::string address() const { return link_.address()->text(); }

 private:
  void serve(std::stop_token stop) {
    Sleeper sleeper;
    while (!stop.stop_requested()) {
      link_.watch(sleeper);
      sleeper.sleep(20 * kMillisecond);
      while (auto incoming = link_.receive())
        if (incoming->message) answer(incoming->peer, incoming->message->head);
    }
  }

  void answer(const std::string& peer, const wire::Envelope& head) {
    wire::Envelope reply;
    if (head.has_hello()) {
      reply.mutable_welcome()->set_protocol(kProtocolMax);
      reply.mutable_welcome()->set_chunks_max(4);
      if (manner_ != Manner::kHasNoLanes)
        reply.mutable_welcome()->add_lanes()->set_semantics(std::string(kExactF64));
      link_.send(peer, reply);
    }
    if (head.has_open_job() && manner_ == Manner::kRefusesEveryJob) {
      reply.mutable_refusal()->set_reason("not today");
      link_.send(peer, reply);
    }
    if (!head.has_task()) return;
    std::vector<std::uint32_t> counts(std::size_t{head.task().rows()} * columns_, 1);
    const Fingerprint print = fingerprint(counts);
    wire::Result& result = *reply.mutable_result();
    result.set_job(head.task().job());
    result.set_chunk(head.task().chunk());
    result.set_attempt(head.task().attempt());
    result.set_sum(print.sum);
    result.set_hash_low(print.hash_low);
    result.set_hash_high(print.hash_high);
    result.set_encoding(wire::RAW_U32);
    spoil_(result, counts);
    link_.send(peer, reply, zmq::message_t(counts.data(), counts.size() * sizeof counts[0]));
  }

  const Manner manner_;
  zmq::context_t context_;
  ListenLink link_;
  const std::uint32_t columns_;
  const Spoil spoil_;
  std::jthread thread_;
};

struct Spoiler {
  const char* name;
  FakeWorker::Spoil spoil;
};

void PrintTo(const Spoiler& spoiler, std::ostream* out) { *out << spoiler.name; }

class WrongCounts : public testing::TestWithParam<Spoiler> {};

TEST_P(WrongCounts, AreRefusedAndComputedElsewhere) {
  FakeWorker fake(500, GetParam().spoil);
  Worker honest;
  honest.process().signal(SIGSTOP);  // so that the other one gets its turn, however fast this is
  Process master(
      master_command({"--chunks", "50", "--hosts", fake.address() + "," + honest.address(),
                      "--expect-sum", kTutorialSum}));
  EXPECT_TRUE(master.prints_error("not used any more")) << master.err();
  honest.process().signal(SIGCONT);
  EXPECT_EQ(master.wait(), 0) << master.err();
}

INSTANTIATE_TEST_SUITE_P(
    Hostile, WrongCounts,
    testing::Values(Spoiler{"FlippedBit", [](wire::Result&, auto& counts) { counts[7] ^= 2; }},
                    Spoiler{"WrongSum", [](wire::Result& head, auto&) { head.set_sum(1); }},
                    Spoiler{"WrongHash", [](wire::Result& head, auto&) { head.set_hash_low(1); }},
                    Spoiler{"TooShort", [](wire::Result&, auto& counts) { counts.pop_back(); }},
                    Spoiler{"NotCompressed",
                            [](wire::Result& head, auto&) { head.set_encoding(wire::PLANES_LZ4); }},
                    Spoiler{"UnknownEncoding",
                            [](wire::Result& head, auto&) {
                              head.set_encoding(static_cast<wire::Encoding>(99));
                            }}),
    [](const auto& spoiler) { return spoiler.param.name; });

TEST(Hostile, AloneALiarEndsTheJobWithExit3) {
  FakeWorker fake(500, [](wire::Result& head, auto&) { head.set_sum(1); });
  const MasterRun run = run_master({"--chunks", "50", "--hosts", fake.address()});
  EXPECT_EQ(run.status, 3) << run.err;
}

// Workers that greet and are then of no use must not keep a job alive for ever.
struct Useless {
  const char* name;
  FakeWorker::Manner manner;
  const char* said;
};

void PrintTo(const Useless& useless, std::ostream* out) { *out << useless.name; }

class UselessWorker : public testing::TestWithParam<Useless> {};

TEST_P(UselessWorker, IsGivenUpWithItsReason) {
  FakeWorker fake(500, [](wire::Result&, auto&) {}, GetParam().manner);
  const MasterRun run = run_master({"--hosts", fake.address(), "--patience", "1"});
  EXPECT_EQ(run.status, 4) << run.err;
  EXPECT_NE(run.err.find(GetParam().said), std::string::npos) << run.err;
}

INSTANTIATE_TEST_SUITE_P(
    Hostile, UselessWorker,
    testing::Values(Useless{"NoLanes", FakeWorker::Manner::kHasNoLanes, "no lanes"},
                    Useless{"RefusesJobs", FakeWorker::Manner::kRefusesEveryJob, "not today"}),
    [](const auto& useless) { return useless.param.name; });

TEST(Hostile, NonsenseFromMastersHurtsNobodyElse) {
  Worker worker;
  zmq::context_t context;
  std::vector<zmq::socket_t> peers;
  const auto speak = [&](const std::vector<std::string>& frames) {
    zmq::socket_t& peer = peers.emplace_back(context, zmq::socket_type::dealer);
    peer.set(zmq::sockopt::linger, 0);
    peer.connect("tcp://" + worker.address());
    for (std::size_t k = 0; k < frames.size(); ++k)
      peer.send(zmq::buffer(frames[k]),
                k + 1 < frames.size() ? zmq::send_flags::sndmore : zmq::send_flags::none);
  };
  wire::Envelope task;
  task.mutable_task()->set_rows(1);
  wire::Envelope result;
  result.mutable_result();
  wire::Envelope hello;
  hello.mutable_hello()->set_protocol_max(99);
  for (int round = 0; round < 20; ++round) {
    speak({"garbage"});
    speak({""});
    speak({std::string(70'000, 'x')});  // beyond maxmsgsize
    speak({encode(task)});              // before hello
    speak({encode(result), "body"});    // of the wrong side
    speak({encode(hello), "x", "y"});
    speak({});  // connects and says nothing
  }
  const MasterRun run = run_master({"--hosts", worker.address(), "--expect-sum", kTutorialSum});
  EXPECT_EQ(run.status, 0) << run.err;
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0) << worker.process().err();
}

TEST(Hostile, AMasterOfAnotherVersionIsToldSo) {
  Worker worker;
  zmq::context_t context;
  DialLink master(context, "tcp://" + worker.address(), MasterSide{1 << 20});
  wire::Envelope hello;
  hello.mutable_hello()->set_protocol_min(98);
  hello.mutable_hello()->set_protocol_max(99);
  master.send(hello);
  std::string reason;
  Sleeper sleeper;
  EXPECT_TRUE(eventually([&] {
    master.watch(sleeper);
    sleeper.sleep(10 * kMillisecond);
    const auto answer = master.receive();
    if (answer && *answer) reason = (*answer)->head.refusal().reason();
    return answer.has_value();
  }));
  EXPECT_NE(reason.find("98 to 99"), std::string::npos) << reason;
  EXPECT_NE(reason.find("mandel-worker is the older one"), std::string::npos) << reason;
}

}  // namespace
}  // namespace mandel::e2e
