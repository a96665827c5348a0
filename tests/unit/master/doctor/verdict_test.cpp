// From facts to verdicts, without any host: each must name the fault and say what to do.
#include "master/doctor/verdict.h"

#include <cerrno>
#include <functional>
#include <gtest/gtest.h>

#include "kernels/deep/engine.h"
#include "master/doctor/report.h"

namespace mandel::doctor {
namespace {

wire::Welcome welcome() {
  wire::Welcome message;
  message.set_protocol(kProtocolMax);
  message.set_protocol_min(kProtocolMin);
  message.set_protocol_max(kProtocolMax);
  message.set_software("mandel 9");
  message.set_host("desk");
  for (int k = 0; k < 2; ++k) {
    wire::Lane& lane = *message.add_lanes();
    lane.set_kernel("simd-full");
    lane.set_device("cpu");
    lane.set_semantics(std::string(kExactF64));
  }
  return message;
}

// A host with which all is well; each case spoils something.
Facts healthy() {
  Facts facts;
  facts.address = {"desk1", 5755};
  facts.numeric = Address{"10.0.0.1", 5755};
  facts.connected = Connected{0, kMillisecond};
  facts.greeting = Greeting{Greeting::Kind::kZmtp, "NULL"};
  facts.security = Security{};
  facts.answer = welcome();
  facts.measured = Measured{Measured::End::kDone,
                            "",
                            {3 * kMillisecond, kMillisecond, 2 * kMillisecond},
                            1'000'000,
                            10 * kMillisecond};
  return facts;
}

void spoil_welcome(Facts& facts, const std::function<void(wire::Welcome&)>& spoil) {
  spoil(std::get<wire::Welcome>(*facts.answer));
}

Answer refusal(std::uint32_t min, std::uint32_t max) {
  wire::Refusal message;
  message.set_reason("no room");
  message.set_protocol_min(min);
  message.set_protocol_max(max);
  return message;
}

// Facts end where a check failed.
void only_until_answer(Facts& facts, Answer answer) {
  facts.answer = std::move(answer);
  facts.measured.reset();
}

struct Case {
  const char* check;
  const char* verdict;
  Grade grade;
  const char* advice;  // a part of it
  void (*spoil)(Facts& facts);
};

void PrintTo(const Case& one, std::ostream* out) { *out << one.check << ' ' << one.verdict; }

void refuse_connection(Facts& facts, int error) {
  facts.connected = Connected{error, 0};
  facts.greeting.reset();
  facts.security.reset();
  facts.answer.reset();
  facts.measured.reset();
}

void greet_with(Facts& facts, Greeting::Kind kind, const char* text) {
  facts.greeting = Greeting{kind, text};
  facts.security.reset();
  facts.answer.reset();
  facts.measured.reset();
}

Security with_keys() { return {Curve{{"PUBLIC", "SECRET", "desk3"}, "THEIRS"}, false}; }

// It asks for keys, and the connection ends so.
void end_in_keys(Facts& facts, LinkEnd end) {
  facts.greeting->text = kMechanismOfKeys;
  facts.security = with_keys();
  only_until_answer(facts, NoAnswer{end});
}

void end_with(Facts& facts, Measured::End end) {
  facts.measured = Measured{};
  facts.measured->end = end;
  facts.measured->reason = "it went wrong";
}

const Case kCases[] = {
    {"name", "unresolved", Grade::kFault, "/etc/hosts",
     [](Facts& facts) {
       facts = Facts{};
       facts.numeric = fail("'desk1' does not resolve");
     }},
    {"port", "refused", Grade::kFault, "mandel-keygen --cluster lab",
     [](Facts& facts) { refuse_connection(facts, ECONNREFUSED); }},
    {"port", "no-answer", Grade::kFault, "sudo ufw allow 5755/tcp",
     [](Facts& facts) { refuse_connection(facts, ETIMEDOUT); }},
    {"port", "unreachable", Grade::kFault, "cable",
     [](Facts& facts) { refuse_connection(facts, EHOSTUNREACH); }},
    {"port", "unreachable", Grade::kFault, "route",
     [](Facts& facts) { refuse_connection(facts, ENETUNREACH); }},
    {"port", "not-connected", Grade::kFault, "address",
     [](Facts& facts) { refuse_connection(facts, EACCES); }},
    {"service", "silent", Grade::kFault, "it hangs or was stopped",
     [](Facts& facts) { greet_with(facts, Greeting::Kind::kSilent, ""); }},
    {"service", "foreign", Grade::kFault, "Check the port",
     [](Facts& facts) { greet_with(facts, Greeting::Kind::kHungUp, ""); }},
    {"service", "foreign", Grade::kFault, "another program has it",
     [](Facts& facts) { greet_with(facts, Greeting::Kind::kForeign, "SSH-2.0"); }},
    {"key", "no-key", Grade::kFault, "mandel-keygen",
     [](Facts& facts) {
       only_until_answer(facts, NoAnswer{});
       facts.security = fail("no key of desk1 is known");
     }},
    {"key", "keys-only", Grade::kFault, "mandel-keygen",
     [](Facts& facts) {
       only_until_answer(facts, NoAnswer{});
       facts.greeting->text = kMechanismOfKeys;
     }},
    {"key", "plain-only", Grade::kFault, "without --insecure",
     [](Facts& facts) {
       only_until_answer(facts, NoAnswer{});
       facts.security = with_keys();
     }},
    {"key", "not-admitted", Grade::kFault, "authorized_masters there: PUBLIC desk3",
     [](Facts& facts) { end_in_keys(facts, LinkEnd::kNotAdmitted); }},
    {"key", "other-key", Grade::kFault, "known_workers",
     [](Facts& facts) { end_in_keys(facts, LinkEnd::kMisheard); }},
    {"service", "foreign", Grade::kFault, "Check the port",
     [](Facts& facts) { only_until_answer(facts, NoAnswer{}); }},
    {"service", "foreign", Grade::kFault, "Check the port",
     [](Facts& facts) { only_until_answer(facts, PeerError{"a head that is no message"}); }},
    {"session", "turned-away", Grade::kFault, "ask again later",
     [](Facts& facts) { only_until_answer(facts, refusal(kProtocolMin, kProtocolMax)); }},
    {"session", "turned-away", Grade::kFault, "ask again later",
     [](Facts& facts) { only_until_answer(facts, refusal(0, 0)); }},
    {"version", "worker-too-old", Grade::kFault, "Upgrade mandel-worker",
     [](Facts& facts) { only_until_answer(facts, refusal(1, kProtocolMin - 1)); }},
    {"version", "master-too-old", Grade::kFault, "Upgrade mandel-master",
     [](Facts& facts) { only_until_answer(facts, refusal(kProtocolMax + 1, kProtocolMax + 1)); }},
    {"version", "worker-too-old", Grade::kFault, "Upgrade mandel-worker",
     [](Facts& facts) {
       only_until_answer(facts, welcome());
       spoil_welcome(facts, [](wire::Welcome& message) {
         message.set_protocol(kProtocolMin - 1);
         message.clear_protocol_max();
       });
     }},
    {"devices", "none", Grade::kFault, "--threads",
     [](Facts& facts) {
       only_until_answer(facts, welcome());
       spoil_welcome(facts, [](wire::Welcome& message) { message.clear_lanes(); });
     }},
    {"devices", "true-count-only", Grade::kFault, "--kernel auto",
     [](Facts& f) {
       only_until_answer(f, welcome());
       spoil_welcome(
           f, [](wire::Welcome& w) { w.mutable_lanes(0)->set_semantics(std::string(kTrueCount)); });
     }},
    {"devices", "other-counts", Grade::kFault, "--kernel auto",
     [](Facts& facts) {
       only_until_answer(facts, welcome());
       spoil_welcome(facts, [](wire::Welcome& message) {
         message.mutable_lanes(1)->set_semantics(std::string(kNoCounts));
       });
     }},
    {"devices", "partly", Grade::kRemark, "GPU X is not used: it miscounts",
     [](Facts& facts) {
       only_until_answer(facts, welcome());
       spoil_welcome(facts, [](wire::Welcome& message) {
         message.add_remarks("GPU X is not used: it miscounts");
       });
     }},
    {"chunks", "failed", Grade::kFault, "log",
     [](Facts& facts) { end_with(facts, Measured::End::kFailed); }},
    {"chunks", "stuck", Grade::kFault, "start the worker again",
     [](Facts& facts) { end_with(facts, Measured::End::kStuck); }},
    {"chunks", "lost", Grade::kFault, "Ask again",
     [](Facts& facts) { end_with(facts, Measured::End::kSilent); }},
    {"round trip", "busy", Grade::kRemark, "Nothing",
     [](Facts& facts) { end_with(facts, Measured::End::kWaiting); }},
    {"bandwidth", "not-measured", Grade::kRemark, "--chunks auto",
     [](Facts& facts) {
       facts.measured->end = Measured::End::kSilent;
       facts.measured->bytes = 0;
     }},
};

class DoctorVerdict : public testing::TestWithParam<Case> {};

TEST_P(DoctorVerdict, IsTheLastAndSaysWhatToDo) {
  Facts facts = healthy();
  GetParam().spoil(facts);
  const std::vector<Finding> findings = judge(facts);
  ASSERT_FALSE(findings.empty());
  const Finding& last = findings.back();
  EXPECT_EQ(last.check, GetParam().check);
  EXPECT_EQ(last.verdict, GetParam().verdict);
  EXPECT_EQ(last.grade, GetParam().grade);
  EXPECT_NE(last.advice.find(GetParam().advice), std::string::npos) << last.advice;
  EXPECT_FALSE(last.seen.empty());
  EXPECT_EQ(is_well(findings), GetParam().grade != Grade::kFault);
  for (const Finding& finding : std::span(findings).first(findings.size() - 1))
    EXPECT_EQ(finding.grade, Grade::kFine) << finding.check;
}

INSTANTIATE_TEST_SUITE_P(Cases, DoctorVerdict, testing::ValuesIn(kCases));

TEST(Doctor, SaysOneLineForEachCheckOfAHealthyHost) {
  const std::vector<Finding> findings = judge(healthy());
  EXPECT_TRUE(is_well(findings));
  std::vector<std::string_view> checks;
  for (const Finding& finding : findings) {
    checks.push_back(finding.check);
    EXPECT_EQ(finding.grade, Grade::kFine);
    EXPECT_TRUE(finding.advice.empty()) << finding.advice;
  }
  EXPECT_EQ(checks, (std::vector<std::string_view>{"name", "port", "service", "key", "version",
                                                   "devices", "round trip", "bandwidth"}));
}

TEST(Doctor, NamesTheKeyOfAWorkerThatItKnows) {
  Facts facts = healthy();
  facts.greeting->text = kMechanismOfKeys;
  facts.security = with_keys();
  const std::vector<Finding> findings = judge(facts);
  EXPECT_TRUE(is_well(findings));
  EXPECT_EQ(findings[3].verdict, "known");
  EXPECT_NE(findings[3].seen.find(short_fingerprint("THEIRS")), std::string::npos);
}

TEST(Doctor, CountsALaneByWhatItIsOn) {
  Facts facts = healthy();
  spoil_welcome(facts, [](wire::Welcome& message) {
    wire::Lane& lane = *message.add_lanes();
    lane = message.lanes(0);
    lane.set_kernel("cuda");
    lane.set_model("NVIDIA H100");
  });
  EXPECT_NE(report_text({{facts, judge(facts)}})
                .find("1 lane of cuda on NVIDIA H100, 2 lanes of simd-full on cpu"),
            std::string::npos);
}

TEST(Doctor, TakesTheRoundTripOffTheTransfer) {
  const Measured measured = *healthy().measured;
  EXPECT_EQ(round_trip(measured), 2 * kMillisecond);
  EXPECT_DOUBLE_EQ(bits_per_second(measured), 8e6 / 8e-3);
  EXPECT_EQ(bits_per_second(Measured{}), 0);
  Measured quick = measured;
  quick.transfer = kMillisecond;
  EXPECT_DOUBLE_EQ(bits_per_second(quick), 8e6 / 0.5e-3) << "never more than twice the plain rate";
}

TEST(Doctor, ReportsTextOfOthersAsJsonWhateverItIs) {
  Facts facts = healthy();
  spoil_welcome(facts, [](wire::Welcome& message) { message.set_host("\xff\"\n"); });
  const std::string json = report_json({{facts, judge(facts)}});
  EXPECT_NE(json.find("\"is_well\": true"), std::string::npos) << json;
  EXPECT_EQ(json.find('\xff'), std::string::npos);
}

}  // namespace
}  // namespace mandel::doctor
