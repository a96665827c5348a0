// Hostile peers at length, each kind beside an honest one, held against the figures that
// docs/security.md states: memory, lines of the log, and a right result. It takes minutes, so that
// it is skipped unless MANDEL_SOAK is set. What fits into seconds is in deaf_master_test,
// rude_worker_test, hostile_test and raw_tcp_test.
#include <cstdlib>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <thread>
#include <utility>
#include <zmq.hpp>

#include "common/net/discovery.h"
#include "common/net/udp.h"
#include "common/wire/wire.h"
#include "kernels/kernel.h"
#include "long_job.h"

namespace mandel::e2e {
namespace {

using namespace std::chrono_literals;

// Of a worker: results, coordinates, itself. Of a master: its window of counts, what two peers may
// send ahead of what it reads, itself.
constexpr std::uint64_t kWorkerBytesMax = std::uint64_t{1024 + 512 + 128} << 20;
constexpr std::uint64_t kMasterBytesMax = std::uint64_t{512} << 20;
constexpr std::ptrdiff_t kLinesMax = 200;
constexpr int kPeers = 40;  // at once, of those that flood

// A bare ZeroMQ socket that says what it likes, and reads if it is asked to.
class Peer {
 public:
  explicit Peer(const std::string& address) : socket_(dealer()) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvhwm, 1);
    socket_.connect("tcp://" + address);
  }
  // False if the other end does not take so much.
  bool say(const wire::Envelope& envelope) { return say(encode(envelope)); }
  bool say(const std::string& head, std::optional<std::string> body = {}) {
    const auto last = zmq::send_flags::dontwait;
    if (!socket_.send(zmq::buffer(head), body ? last | zmq::send_flags::sndmore : last))
      return false;
    return !body || socket_.send(zmq::buffer(*body), last).has_value();
  }
  // Waits a little.
  std::optional<wire::Envelope> hear() {
    socket_.set(zmq::sockopt::rcvtimeo, 1000);
    zmq::message_t frame;
    if (!socket_.recv(frame)) return std::nullopt;
    wire::Envelope envelope;
    envelope.ParseFromArray(frame.data(), static_cast<int>(frame.size()));
    while (frame.more()) (void)socket_.recv(frame);
    return envelope;
  }

 private:
  // Those that were closed take a while to be gone, and there may be only so many.
  static zmq::socket_t dealer() {
    static zmq::context_t context;
    for (;;) try {
        return {context, zmq::socket_type::dealer};
      } catch (const zmq::error_t&) {
        std::this_thread::sleep_for(1ms);
      }
  }
  zmq::socket_t socket_;
};

wire::Envelope hello() {
  wire::Envelope envelope;
  envelope.mutable_hello()->set_protocol_min(kProtocolMin);
  envelope.mutable_hello()->set_protocol_max(kProtocolMax);
  return envelope;
}

wire::Envelope welcome(std::uint64_t incarnation) {
  wire::Envelope envelope;
  wire::Welcome& welcome = *envelope.mutable_welcome();
  welcome.set_protocol(kProtocolMax);
  welcome.set_incarnation(incarnation);
  welcome.set_chunks_max(4);
  welcome.add_lanes()->set_semantics(std::string(kExactF64));
  return envelope;
}

wire::Envelope join(std::uint64_t incarnation) {
  wire::Envelope envelope;
  envelope.mutable_join()->set_host("hostile");
  envelope.mutable_join()->set_incarnation(incarnation);
  return envelope;
}

// Far from the set: each chunk of 1024 rows is 32 MiB of zeros, which take a lane no time.
void ask_for_much(Peer& peer, std::uint64_t job) {
  peer.say(hello());
  wire::Envelope opening;
  *opening.mutable_open_job() = open_job(job, {View{1e6, 1e6, 1e-3, 1e-3, 8192, 1 << 20}, 1});
  peer.say(opening);
  for (std::uint32_t chunk = 0; chunk < 20; ++chunk) {
    wire::Envelope envelope;
    wire::Task& task = *envelope.mutable_task();
    task.set_job(job);
    task.set_chunk(chunk);
    task.set_attempt(1);
    task.set_first_row(chunk * 1024);
    task.set_rows(1024);
    peer.say(envelope);
  }
}

wire::Envelope acks(std::uint64_t job) {
  wire::Envelope beat;
  beat.mutable_beat()->add_acks()->set_job(job);
  for (std::uint32_t chunk = 0; chunk < 20; ++chunk)
    beat.mutable_beat()->mutable_acks(0)->add_chunks(chunk);
  return beat;
}

using Stop = std::stop_token;
struct Case {
  const char* name;
  void (*act)(const std::string& address, const Stop& stop);
};
void PrintTo(const Case& one, std::ostream* out) { *out << one.name; }
std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

std::vector<std::unique_ptr<Peer>> peers_of(const std::string& address, int count = kPeers) {
  std::vector<std::unique_ptr<Peer>> peers;
  for (int n = 0; n < count; ++n) peers.push_back(std::make_unique<Peer>(address));
  return peers;
}

// Says it on all connections, as often as it can.
void flood(const std::string& address, const Stop& stop, const std::string& head,
           const std::optional<std::string>& body = {}) {
  const auto peers = peers_of(address);
  while (!stop.stop_requested())
    for (const auto& peer : peers) peer->say(head, body);
}

const Case kMasters[] = {
    {"AcknowledgeAndDoNotRead",
     [](const std::string& worker, const Stop& stop) {
       const auto peers = peers_of(worker);
       for (std::uint64_t job = 1; const auto& peer : peers) ask_for_much(*peer, job++);
       for (; !stop.stop_requested(); std::this_thread::sleep_for(50ms))
         for (std::uint64_t job = 1; const auto& peer : peers) peer->say(acks(job++));
     }},
    {"GreetAgainAndAgain",
     [](const std::string& worker, const Stop& stop) {
       const auto peers = peers_of(worker);
       wire::Envelope rude;
       rude.mutable_leaving();
       for (std::uint64_t job = 1; !stop.stop_requested(); std::this_thread::sleep_for(50ms))
         for (const auto& peer : peers) {
           ask_for_much(*peer, job++);
           peer->say(rude);
         }
     }},
    {"ComeAndGo",
     [](const std::string& worker, const Stop& stop) {
       for (std::uint64_t job = 1; !stop.stop_requested();) {
         const auto peers = peers_of(worker, 8);
         for (const auto& peer : peers) ask_for_much(*peer, job++);
         std::this_thread::sleep_for(100ms);
       }
     }},
    {"SendNonsenseAndReadNoRefusal",
     [](const std::string& worker, const Stop& stop) {
       flood(worker, stop, std::string(kHeadBytesMax, 'x'));
     }},
    {"BeatWithoutAGreeting",
     [](const std::string& worker, const Stop& stop) { flood(worker, stop, encode(acks(1))); }},
    {"AskWhereItIs", [](const std::string& worker, const Stop& stop) {
       const auto port = parse_address(worker)->port;
       auto asking = *UdpSocket::bind({"127.0.0.1", 0});
       while (!stop.stop_requested())
         asking.send(discovery_question(1), UdpSocket::peer(INADDR_LOOPBACK, port));
     }}};

class Soak : public LongJob, public testing::WithParamInterface<Case> {
 protected:
  void SetUp() override {
    if (std::getenv("MANDEL_SOAK") == nullptr) GTEST_SKIP() << "MANDEL_SOAK is not set";
  }
};

class HostileMasters : public Soak {};

TEST_P(HostileMasters, CostAWorkerBoundedMemoryAndNobodyAResult) {
  Worker worker(kSlowly);
  {
    std::jthread hostile([&](const Stop& stop) { GetParam().act(worker.address(), stop); });
    std::this_thread::sleep_for(5s);
    Process master = start(worker.address(), {"--patience", "60"});
    expect_right(master);
    const std::uint64_t most = memory_of(worker.process(), "VmHWM");
    std::printf("%s: %zu MiB, %td lines\n", GetParam().name, most >> 20,
                lines_of(worker.process().err()));
    EXPECT_LT(most, kWorkerBytesMax);
  }
  EXPECT_LT(lines_of(worker.process().err()), kLinesMax) << worker.process().err();
}

INSTANTIATE_TEST_SUITE_P(Soak, HostileMasters, testing::ValuesIn(kMasters), name_of);

// It has acknowledged all, so that nothing is kept for it, and beats no more: what waits for it to
// read is let go, though its connection stood.
TEST_F(Soak, AWorkerGetsItsMemoryBackFromAMasterThatFellSilent) {
  Worker worker;
  Peer peer(worker.address());
  ask_for_much(peer, 7);
  const auto memory = [&] { return memory_of(worker.process(), "VmRSS"); };
  // Until it computes no more for this master.
  std::uint64_t before = 0;
  EXPECT_TRUE(eventually([&] {
    for (int n = 0; n < 20; ++n, std::this_thread::sleep_for(50ms)) peer.say(acks(7));
    return std::exchange(before, memory()) == memory() && before > std::uint64_t{100} << 20;
  }));
  EXPECT_TRUE(eventually([&] { return memory() < std::uint64_t{64} << 20; })) << memory();
}

// Joins, and answers the hello if it may.
void join_and_go(const std::string& master, std::uint64_t incarnation, bool answers) {
  Peer peer(master);
  peer.say(join(incarnation));
  if (!answers) return;
  if (peer.hear()) peer.say(welcome(incarnation));
  (void)peer.hear();
}

const Case kJoiners[] = {
    {"JoinAndHangUp",
     [](const std::string& master, const Stop& stop) {
       for (std::uint64_t n = 1; n < 5000 && !stop.stop_requested(); ++n)
         join_and_go(master, n, false);
     }},
    {"AreStartedAgainAndAgain",
     [](const std::string& master, const Stop& stop) {
       for (std::uint64_t n = 1; n < 300 && !stop.stop_requested(); ++n)
         join_and_go(master, n, true);
     }},
    {"JoinAndSayNothing",
     [](const std::string& master, const Stop& stop) {
       const auto peers = peers_of(master, 300);
       for (std::uint64_t n = 1; const auto& peer : peers) peer->say(join(n++));
       while (!stop.stop_requested()) std::this_thread::sleep_for(10ms);
     }},
    {"SendResultsThatNobodyAskedFor",
     [](const std::string& master, const Stop& stop) {
       wire::Envelope result;
       result.mutable_result()->set_job(1);
       flood(master, stop, encode(result), std::string(20'000, 'x'));
     }},
    {"SendBeatsWithoutJoining",
     [](const std::string& master, const Stop& stop) { flood(master, stop, encode(acks(1))); }}};

class HostileJoiners : public Soak {};

TEST_P(HostileJoiners, CostAMasterBoundedMemoryAndNobodyHisPlace) {
  Process master = start_with({"--listen", "127.0.0.1:0", "--patience", "60"});
  const std::string before = "listens on ";
  ASSERT_TRUE(master.prints_error(before)) << master.err();
  const auto at = master.err().find(before) + before.size();
  const std::string lobby = master.err().substr(at, master.err().find(' ', at) - at);
  std::jthread hostile([&](const Stop& stop) { GetParam().act(lobby, stop); });
  std::this_thread::sleep_for(5s);
  Process worker({MANDEL_WORKER, "--join", lobby, "--threads", "1", "--kernel", "scalar"});
  expect_right(master);
  std::printf("%s: %zu MiB, %td lines\n", GetParam().name, master.peak_bytes() >> 20,
              lines_of(master.err()));
  EXPECT_LT(master.peak_bytes(), kMasterBytesMax);
  EXPECT_LT(lines_of(master.err()), kLinesMax) << master.err();
}

INSTANTIATE_TEST_SUITE_P(Soak, HostileJoiners, testing::ValuesIn(kJoiners), name_of);

}  // namespace
}  // namespace mandel::e2e
