// Whatever page a browser has open, it may have sent the request: only what is surely our own is
// let in.
#include "common/http/guard.h"

#include <gtest/gtest.h>

namespace mandel {
namespace {

constexpr const char* kToken = "0123456789abcdef0123456789abcdef";

HttpHead head_of(std::string_view target, std::string_view host = "127.0.0.1:8755") {
  return {.method = "GET", .target = target, .host = host};
}

// The status that somebody is turned away with; 200 for who is let in.
int status_of(const Guard& guard, const HttpHead& head) {
  const auto answer = guard.turn_away(head);
  return answer ? answer->status : 200;
}

std::string header_of(const HttpResponse& answer, std::string_view wanted) {
  for (const auto& [name, value] : answer.headers)
    if (name == wanted) return value;
  return "";
}

Guard guard_of(std::string name, std::string token = {}) {
  return {.token = std::move(token), .named = {std::move(name), 8755}};
}

TEST(Guard, AHostIsANumberLocalhostOrTheNameGiven) {
  const Guard guard = guard_of("desk1");
  for (const char* good : {"127.0.0.1:8755", "10.0.0.7", "[::1]:8755", "[fe80::1]",
                           "localhost:8755", "LOCALHOST", "desk1", "Desk1:9000"})
    EXPECT_EQ(status_of(guard, head_of("/", good)), 200) << good;
  for (const char* bad :
       {"evil.example", "evil.example:8755", "desk1.evil.example", "desk", "localhost.evil.example",
        "127.0.0.1.evil.example", "evil.example@127.0.0.1", "127.0.0.1:x", "[::1", "", " "})
    EXPECT_EQ(status_of(guard, head_of("/", bad)), 403) << bad;
}

TEST(Guard, FiguresAreGivenUnderAnyName) {
  EXPECT_EQ(status_of({.allows_any_host = true}, head_of("/metrics", "desk1.lan:9100")), 200);
  EXPECT_EQ(status_of({.allows_any_host = true}, head_of("/metrics", "")), 200);
}

TEST(Guard, AnotherOriginIsTurnedAwayUnderAnyName) {
  for (const Guard& guard : {guard_of("desk1"), Guard{.allows_any_host = true}}) {
    HttpHead head = head_of("/", "localhost:8755");
    head.origin = "http://localhost:8755";
    EXPECT_EQ(status_of(guard, head), 200);
    for (const char* other : {"http://evil.example", "http://localhost:8756", "http://localhost",
                              "https://localhost:8755", "null", "localhost:8755"}) {
      head.origin = other;
      EXPECT_EQ(status_of(guard, head), 403) << other;
    }
  }
}

TEST(Guard, OnlyGetAndHeadExist) {
  for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "FOO", ""}) {
    HttpHead head = head_of("/");
    head.method = method;
    const auto answer = guard_of("desk1").turn_away(head);
    ASSERT_TRUE(answer) << method;
    EXPECT_EQ(answer->status, 405) << method;
    EXPECT_EQ(header_of(*answer, "Allow"), "GET, HEAD");
  }
  HttpHead head = head_of("/");
  head.method = "HEAD";
  EXPECT_EQ(status_of(guard_of("desk1"), head), 200);
}

TEST(Guard, ATargetIsAPath) {
  for (const char* target : {"", "*", "http://evil.example/", "state"})
    EXPECT_EQ(status_of(guard_of("desk1"), head_of(target)), 400) << target;
}

TEST(Guard, ATokenIsMovedFromTheAddressIntoACookie) {
  const Guard guard = guard_of("desk1", kToken);
  for (const auto& [target, place] : {std::pair<const char*, const char*>{"/?token=", "/"},
                                      {"/rows?since=7&token=", "/rows?since=7"},
                                      {"//evil.example/?token=", "/evil.example/"}}) {
    const auto answer = guard.turn_away(head_of(std::string(target) + kToken));
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, 303);
    EXPECT_EQ(header_of(*answer, "Location"), place);
    EXPECT_EQ(header_of(*answer, "Set-Cookie"),
              std::string("mandel-8755=") + kToken + "; SameSite=Strict; HttpOnly; Path=/");
  }
  const auto answer = guard.turn_away(head_of(std::string("/?token=") + kToken + "&projector&x=1"));
  EXPECT_EQ(header_of(answer.value(), "Location"), "/?projector&x=1");
}

TEST(Guard, WithoutTheTokenNobodyIsLetIn) {
  const Guard guard = guard_of("desk1", kToken);
  const std::string right = std::string("mandel-8755=") + kToken;
  for (const std::string& cookies : {right, "a=b; " + right, right + ";x=y"}) {
    HttpHead head = head_of("/state");
    head.cookies = cookies;
    EXPECT_EQ(status_of(guard, head), 200) << cookies;
  }
  std::string wrong = right;
  wrong.back() = '0';
  for (const std::string& cookies :
       {std::string(), std::string("mandel-8755="), wrong, right + "0", right.substr(1),
        std::string("mandel-8756=") + kToken, "mandel-8755x=" + right}) {
    HttpHead head = head_of("/state");
    head.cookies = cookies;
    EXPECT_EQ(status_of(guard, head), 401) << cookies;
  }
  for (const char* target : {"/?token=", "/?token", "/?token=0123456789abcdef", "/", "/state"})
    EXPECT_EQ(status_of(guard, head_of(target)), 401) << target;
}

TEST(Guard, TheHostIsJudgedBeforeTheToken) {
  const std::string target = std::string("/?token=") + kToken;
  EXPECT_EQ(status_of(guard_of("desk1", kToken), head_of(target, "evil.example")), 403);
}

TEST(Guard, TokensAre128BitsAndNoTwoAreEqual) {
  const std::string token = random_token();
  EXPECT_EQ(token.size(), 32u);
  EXPECT_EQ(token.find_first_not_of("0123456789abcdef"), std::string::npos) << token;
  EXPECT_NE(token, random_token());
}

TEST(HttpRequest, AQueryIsReadByName) {
  const HttpRequest request{.query = "view=job&since=18446744073709551615&x=&since=7&bad=-1"};
  EXPECT_EQ(query_value(request, "view"), "job");
  EXPECT_EQ(query_value(request, "x"), "");
  EXPECT_EQ(query_value(request, "vie"), std::nullopt);
  EXPECT_EQ(query_number(request, "since"), UINT64_MAX);
  for (const char* name : {"bad", "view", "x", "none"})
    EXPECT_EQ(query_number(request, name), std::nullopt) << name;
}

}  // namespace
}  // namespace mandel
