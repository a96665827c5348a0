// Today's programs and those of other releases: versions that meet work together, and where they
// don't, both sides say so in a sentence and go on with their lives.
#include <csignal>
#include <gtest/gtest.h>

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

TEST(OldWorker, OfThisProtocolIsUsed) {
  const ReplayedService worker(worker_handshake(), welcome_of_protocol_2());
  Process master(master_command({"--hosts", worker.address(), "--verbose"}));
  EXPECT_TRUE(master.prints_error(worker.address() + " is ready: 1 lanes of scalar"))
      << master.err();
  master.signal(SIGKILL);
}

}  // namespace
}  // namespace mandel::e2e
