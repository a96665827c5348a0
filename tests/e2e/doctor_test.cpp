// `mandel-master doctor` and real hosts in every state that it can tell apart from outside. What it
// concludes from facts that are hard to make is in unit/master/doctor.
#include <csignal>
#include <fstream>
#include <gtest/gtest.h>
#include <zmq.hpp>

#include "hinder.h"
#include "lan.h"
#include "process.h"
#include "replay.h"

namespace mandel::e2e {
namespace {

using namespace std::chrono_literals;

MasterRun examine(const std::string& hosts) { return run_master({"doctor", "--hosts", hosts}); }

// The last verdict on a host, which is the fault if there is one.
std::string last_verdict(const MasterRun& run, std::size_t host = 0) {
  const auto& checks = run.json["hosts"][host]["checks"];
  return checks.back()["check"].get<std::string>() + " " +
         checks.back()["verdict"].get<std::string>();
}

void expect_fault(const MasterRun& run, const std::string& verdict) {
  EXPECT_EQ(run.status, 6) << run.err;
  ASSERT_EQ(run.json["hosts"].size(), 1u);
  EXPECT_EQ(last_verdict(run), verdict) << run.out;
  EXPECT_FALSE(run.json["hosts"][0]["checks"].back()["advice"].get<std::string>().empty());
  EXPECT_NE(run.out.find("NOT WELL"), std::string::npos) << run.out;
}

TEST(Doctor, FindsHealthyWorkersWellAndMeasuresThem) {
  const Worker workers[2];
  const MasterRun run = examine(workers[0].address() + "," + workers[1].address());
  EXPECT_EQ(run.status, 0) << run.out << run.err;
  ASSERT_EQ(run.json["hosts"].size(), 2u);
  for (const auto& host : run.json["hosts"]) {
    EXPECT_EQ(host["is_well"], true);
    EXPECT_GT(host["round_trip_seconds"], 0.0);
    EXPECT_GT(host["bits_per_second"], 0.0);
  }
  EXPECT_NE(run.out.find("2 of 2 well"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("self-test passed"), std::string::npos) << run.out;
}

TEST(Doctor, TellsEachHostApart) {
  const Worker worker;
  const MasterRun run = examine("127.0.0.1:1," + worker.address());
  EXPECT_EQ(run.status, 6);
  EXPECT_EQ(last_verdict(run, 0), "port refused");
  EXPECT_EQ(last_verdict(run, 1), "bandwidth measured");
  EXPECT_NE(run.out.find("1 of 2 well"), std::string::npos) << run.out;
}

TEST(Doctor, TakesHostsFromAFileToo) {
  const Worker worker;
  const TempDir dir;
  const std::string file = dir.path("hosts");
  std::ofstream(file) << worker.address() << "\n127.0.0.[1-2]:1\n";
  const MasterRun run = run_master({"doctor", "--hosts-file", file});
  EXPECT_EQ(run.status, 6);
  EXPECT_EQ(run.json["hosts"].size(), 3u) << run.out;
  EXPECT_EQ(last_verdict(run, 0), "bandwidth measured");
}

TEST(Doctor, ThatNobodyIsNamedToSaysSo) {
  EXPECT_EQ(run_master({"doctor"}).status, 2);
  const TempDir dir;
  const std::string file = dir.path("hosts");
  std::ofstream(file) << "# desk1\n";
  const MasterRun run = run_master({"doctor", "--hosts-file", file});
  EXPECT_EQ(run.status, 6) << run.out;
  EXPECT_NE(run.err.find("names no host"), std::string::npos) << run.err;
}

TEST(Doctor, LeavesNoTraceAtAWorker) {
  Worker worker;
  EXPECT_EQ(examine(worker.address()).status, 0);
  EXPECT_EQ(worker.process().err().find("refused a peer"), std::string::npos)
      << worker.process().err();
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0);
}

TEST(Doctor, KnowsAName) { expect_fault(examine("no-such-name.invalid"), "name unresolved"); }

TEST(Doctor, KnowsARefusal) {
  const MasterRun run = examine("127.0.0.1:1");
  expect_fault(run, "port refused");
  EXPECT_NE(run.out.find("mandel-worker --listen 127.0.0.1:1"), std::string::npos) << run.out;
}

TEST(Doctor, KnowsAServiceThatSaysNothing) {
  Process listener({MANDEL_SILENT_LISTENER});
  ASSERT_TRUE(listener.prints("\n"));
  const std::string port = listener.out().substr(0, listener.out().find('\n'));
  expect_fault(examine("127.0.0.1:" + port), "service silent");
}

TEST(Doctor, KnowsAWorkerThatIsStopped) {
  Worker worker;
  worker.process().signal(SIGSTOP);
  const MasterRun run = examine(worker.address());
  worker.process().signal(SIGCONT);
  expect_fault(run, "service silent");
  EXPECT_NE(run.out.find("If mandel-worker has this port, it hangs"), std::string::npos);
}

TEST(Doctor, KnowsAServiceThatHangsUp) {
  const ReplayedService service("", "", true);
  expect_fault(examine(service.address()), "service foreign");
}

TEST(Doctor, KnowsAWebServerAndQuotesIt) {
  const ReplayedService service("HTTP/1.1 400 Bad Request\r\n\r\n");
  const MasterRun run = examine(service.address());
  expect_fault(run, "service foreign");
  EXPECT_NE(run.out.find("\"HTTP/1.1 400 Bad Request\""), std::string::npos) << run.out;
}

TEST(Doctor, KnowsAnotherZeroMqServiceThatDoesNotAnswer) {
  zmq::context_t context;
  zmq::socket_t other(context, zmq::socket_type::router);
  other.bind("tcp://127.0.0.1:*");
  const std::string endpoint = other.get(zmq::sockopt::last_endpoint);
  expect_fault(examine(endpoint.substr(std::string("tcp://").size())), "service foreign");
}

TEST(Doctor, KnowsAnotherZeroMqServiceThatSaysSomethingElse) {
  const ReplayedService service(worker_handshake(), frame_of("how do you do?"));
  expect_fault(examine(service.address()), "service foreign");
}

TEST(Doctor, KnowsAWorkerOfProtocol1ByItsOwnWords) {
  const ReplayedService worker(worker_handshake(), refusal_of_protocol_1());
  const MasterRun run = examine(worker.address());
  expect_fault(run, "session turned-away");
  EXPECT_NE(run.out.find("this worker 1 to 1"), std::string::npos) << run.out;
}

std::string refusal(std::uint32_t min, std::uint32_t max) {
  wire::Envelope envelope;
  envelope.mutable_refusal()->set_protocol_min(min);
  envelope.mutable_refusal()->set_protocol_max(max);
  return frame_of(encode(envelope));
}

TEST(Doctor, KnowsWhichSideIsTooOld) {
  const ReplayedService older(worker_handshake(), refusal(1, kProtocolMin - 1));
  expect_fault(examine(older.address()), "version worker-too-old");
  const ReplayedService newer(worker_handshake(), refusal(kProtocolMax + 1, kProtocolMax + 2));
  expect_fault(examine(newer.address()), "version master-too-old");
}

TEST(Doctor, KnowsAKernelThatCountsDifferently) {
  const Worker worker({"--threads", "1", "--kernel", "noop"});
  expect_fault(examine(worker.address()), "devices other-counts");
}

TEST(Doctor, KnowsALaneThatFails) {
  const Worker worker(MANDEL_STRANGE_WORKER, {"fails-always"});
  expect_fault(examine(worker.address()), "chunks failed");
}

TEST(Doctor, KnowsALaneThatHangs) {
  const Worker worker(MANDEL_STRANGE_WORKER, {"hangs-first"});
  expect_fault(examine(worker.address()), "chunks stuck");
}

TEST(Doctor, KnowsAWorkerThatFallsSilent) {
  const ReplayedService worker(worker_handshake(), welcome_of_protocol_2());
  expect_fault(examine(worker.address()), "chunks lost");
}

TEST(Doctor, DoesNotBlameAWorkerForBeingBusy) {
  Worker worker({"--threads", "1", "--kernel", "scalar"});
  Process other(master_command({"--hosts", worker.address(), "--size", "1000x1000", "--chunks", "1",
                                "--max-iter", "100000000", "--verbose"}));
  ASSERT_TRUE(other.prints_error("is ready")) << other.err();
  ASSERT_TRUE(works_for(worker.process().pid(), 100ms));
  const MasterRun run = examine(worker.address());
  EXPECT_EQ(run.status, 0) << run.out;
  EXPECT_EQ(last_verdict(run), "round trip busy") << run.out;
}

class DoctorOnALan : public testing::Test {
 protected:
  void SetUp() override {
    if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  }
  static MasterRun examine_from_master(const Lan& lan, const std::string& hosts) {
    return lan.on_master([&] { return examine(hosts); });
  }
};

TEST_F(DoctorOnALan, SilenceIsAFirewallOrNobody) {
  const Lan lan;
  lan.cut();
  const MasterRun run = examine_from_master(lan, Lan::kDeskAddress);
  expect_fault(run, "port no-answer");
  EXPECT_NE(run.out.find("sudo ufw allow 5755/tcp"), std::string::npos) << run.out;
}

TEST_F(DoctorOnALan, ANetworkWithoutARouteIsUnreachable) {
  const Lan lan;
  expect_fault(examine_from_master(lan, "192.0.2.1"), "port unreachable");
}

TEST_F(DoctorOnALan, ASlowLinkIsMeasuredAsSlow) {
  const Lan lan({.delay_ms = 10, .rate_mbit = 8});
  const Worker worker = lan.on_desk([] {
    return Worker(MANDEL_WORKER, {"--threads", "1", "--insecure", "--listen",
                                  std::string(Lan::kDeskAddress) + ":5755"});
  });
  const MasterRun run = lan.on_master(
      [&] { return run_master({"doctor", "--insecure", "--hosts", worker.address()}); });
  ASSERT_EQ(run.status, 0) << run.out << run.err;
  EXPECT_GE(run.json["hosts"][0]["round_trip_seconds"], 0.020);
  EXPECT_LE(run.json["hosts"][0]["bits_per_second"], 8e6);
}

}  // namespace
}  // namespace mandel::e2e
