// Real sockets on loopback: what visitors of every kind get, and what they can't take from others.
#include "common/http/server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <iterator>
#include <limits>
#include <list>
#include <mutex>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/clock.h"
#include "common/net/sleeper.h"
#include "common/net/tcp.h"

namespace mandel {
namespace {

constexpr int kVisitorPatienceMs = 20'000;

class Visitor {
 public:
  explicit Visitor(const Address& server)
      : connection_(TcpConnection::dial(server, kVisitorPatienceMs).value()) {}

  void say(std::string_view text) { connection_.ask(text, 0, 0); }
  std::string hear(std::size_t bytes) {
    return connection_.ask("", bytes, kVisitorPatienceMs).bytes;
  }
  // All, until the server hangs up.
  std::string hear_out() { return hear(1 << 20); }
  // Until this has come.
  std::string hear_until(std::string_view end) {
    std::string heard;
    while (!heard.ends_with(end)) {
      const std::string byte = hear(1);
      if (byte.empty()) break;
      heard += byte;
    }
    return heard;
  }
  bool has_been_left(int timeout_ms = 1) { return connection_.ask("", 1, timeout_ms).is_over; }

 private:
  TcpConnection connection_;
};

std::unique_ptr<HttpServer> serve(HttpHandler handler, Guard guard = {},
                                  const std::string& text = "127.0.0.1:0") {
  auto server =
      HttpServer::start({.option = "--live", .text = text, .guard = guard, .handler = handler});
  EXPECT_TRUE(server.has_value()) << server.error().what;
  return *std::move(server);
}

HttpResponse say_ok(const HttpRequest&) { return {.body = "ok\n"}; }

std::string request(const std::string& line, const std::string& headers = "Host: localhost\r\n") {
  return line + " HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n";
}

std::string answer_to(const HttpServer& server, const std::string& bytes) {
  Visitor visitor(server.address());
  visitor.say(bytes);
  return visitor.hear_out();
}

std::string status_of(const std::string& answer) { return answer.substr(0, 12); }

template <typename Condition>
bool comes_true(Condition condition) {
  Sleeper sleeper;
  const Nanoseconds until = steady_now() + kVisitorPatienceMs * kMillisecond;
  while (!condition()) {
    if (steady_now() >= until) return false;
    sleeper.sleep(kMillisecond);
  }
  return true;
}

TEST(HttpServer, AsksItsHandlerForPathAndQuery) {
  const auto server = serve([](const HttpRequest& asked) {
    return HttpResponse{.type = "text/x-test",
                        .body = asked.method + " " + asked.path + " " + asked.query,
                        .headers = {{"X-Test", "yes"}}};
  });
  const std::string answer = answer_to(*server, request("GET /rows?since=7&x"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\nGET /rows since=7&x")) << answer;
  for (const char* header :
       {"Content-Type: text/x-test", "X-Test: yes", "Content-Length: 19", "Connection: close",
        "Content-Security-Policy: default-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'",
        "X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
        "Cache-Control: no-store"})
    EXPECT_NE(answer.find("\r\n" + std::string(header) + "\r\n"), std::string::npos) << header;
  const std::string head = answer_to(*server, request("HEAD /rows?since=7&"));
  EXPECT_NE(head.find("\r\nContent-Length: 19\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

TEST(HttpServer, ABodyThatManyGetIsHeldWhileItIsSentOnly) {
  const auto body = std::make_shared<const std::string>(1 << 16, 'x');
  const auto server = serve([&](const HttpRequest&) { return HttpResponse{.shared_body = body}; });
  Visitor visitor(server->address());
  for (int n = 0; n < 2; ++n) {
    visitor.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
    visitor.hear_until("\r\n\r\n");
    EXPECT_EQ(visitor.hear(body->size()), *body);
    EXPECT_TRUE(comes_true([&] { return body.use_count() == 1; }));
  }
}

TEST(HttpServer, ABodyThatManyGetIsInMemoryOnceAndOfAHeadItsLengthOnly) {
  const auto body = std::make_shared<const std::string>(1 << 25, 'x');  // more than sockets hold
  const auto server = serve([&](const HttpRequest&) { return HttpResponse{.shared_body = body}; });
  {
    std::list<Visitor> visitors;
    for (int n = 0; n < 3; ++n) {
      visitors.emplace_back(server->address()).say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
      EXPECT_NE(visitors.back().hear_until("\r\n\r\n").find("Content-Length: 33554432\r\n"),
                std::string::npos);
    }
    EXPECT_EQ(body.use_count(), 4) << "the one that is held here, and three that are sent";
  }
  EXPECT_TRUE(comes_true([&] { return body.use_count() == 1; })) << "they have hung up";
  const std::string head = answer_to(*server, request("HEAD /"));
  EXPECT_NE(head.find("Content-Length: 33554432\r\n"), std::string::npos) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(HttpServer, TheGuardStandsBeforeEveryRoute) {
  std::atomic<int> asked = 0;
  const auto server = serve([&](const HttpRequest&) {
    ++asked;
    return HttpResponse{};
  });
  for (const std::string path : {"/", "/events", "/no-such-page"}) {
    EXPECT_EQ(status_of(answer_to(*server, request("GET " + path, "Host: evil.example\r\n"))),
              "HTTP/1.1 403");
    EXPECT_EQ(status_of(answer_to(
                  *server, request("GET " + path, "Host: localhost\r\nOrigin: http://a.b\r\n"))),
              "HTTP/1.1 403");
    EXPECT_EQ(status_of(answer_to(*server, request("POST " + path))), "HTTP/1.1 405");
  }
  EXPECT_EQ(asked, 0);
  EXPECT_EQ(status_of(answer_to(*server, request("GET /"))), "HTTP/1.1 200");
  EXPECT_EQ(asked, 1);
}

TEST(HttpServer, AVisitorWithTheTokenGetsACookieAndIsLetIn) {
  const std::string token = random_token();
  const auto server = serve(say_ok, {.token = token});
  EXPECT_EQ(status_of(answer_to(*server, request("GET /"))), "HTTP/1.1 401");
  const std::string answer = answer_to(*server, request("GET /?token=" + token));
  EXPECT_EQ(status_of(answer), "HTTP/1.1 303");
  EXPECT_NE(answer.find("\r\nLocation: /\r\n"), std::string::npos) << answer;
  const std::string mark = "\r\nSet-Cookie: ";
  const auto begin = answer.find(mark) + mark.size();
  const std::string cookie = answer.substr(begin, answer.find(';', begin) - begin);
  EXPECT_EQ(status_of(answer_to(*server,
                                request("GET /", "Host: localhost\r\nCookie: " + cookie + "\r\n"))),
            "HTTP/1.1 200");
}

TEST(HttpServer, ARequestNamesOneHost) {
  const auto server = serve(say_ok, {.allows_any_host = true});
  EXPECT_EQ(status_of(answer_to(*server, request("GET /", ""))), "HTTP/1.1 400");
  EXPECT_EQ(status_of(answer_to(*server, request("GET /", "Host: a\r\nHost: a\r\n"))),
            "HTTP/1.1 400");
  // Before HTTP/1.1 nobody had to, nor was a connection kept.
  const std::string old = answer_to(*server, "GET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(status_of(old), "HTTP/1.0 200");
  EXPECT_TRUE(old.ends_with("ok\n")) << old;
}

TEST(HttpServer, AConnectionIsKeptForTheNextRequests) {
  const auto server = serve(say_ok);
  Visitor visitor(server->address());
  const std::string kept = "GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n";
  visitor.say(kept + kept);
  visitor.hear_until("ok\n");
  visitor.hear_until("ok\n");
  visitor.say(kept);
  EXPECT_EQ(status_of(visitor.hear_until("ok\n")), "HTTP/1.1 200");
}

TEST(HttpServer, ListensToIpv6) {
  if (!has_ipv6()) GTEST_SKIP() << "no IPv6 here";
  const auto server = serve(say_ok, {}, "[::1]:0");
  EXPECT_EQ(server->address().host, "::1");
  EXPECT_EQ(status_of(answer_to(*server, request("GET /", "Host: [::1]\r\n"))), "HTTP/1.1 200");
}

TEST(HttpServer, ErrorsNameTheOptionAndTheAddress) {
  const auto first = serve(say_ok);
  const std::string busy = first->address().text();
  EXPECT_FALSE(busy.ends_with(":0"));
  for (const auto& [text, why] :
       {std::pair<std::string, std::string>{busy, "can't listen there: Address already in use"},
        {"192.0.2.1:0", "assign"},
        {"127.0.0.1:http", "no port"},
        {"no-such-name.invalid:0", "does not resolve"}}) {
    const auto second = HttpServer::start({.option = "--live", .text = text, .handler = say_ok});
    ASSERT_FALSE(second) << text;
    EXPECT_TRUE(second.error().what.starts_with("--live " + text + ": ")) << second.error().what;
    EXPECT_NE(second.error().what.find(why), std::string::npos) << second.error().what;
  }
}

TEST(HttpServer, WhatIsNoRequestIsTold) {
  const auto server = serve(say_ok);
  EXPECT_EQ(status_of(answer_to(*server, "\x16\x03\x01\x02\x01\x01\r\n\r\n")), "HTTP/1.1 400");
  EXPECT_EQ(status_of(answer_to(*server, request("GET /" + std::string(100'000, 'x')))),
            "HTTP/1.1 431");
  EXPECT_EQ(status_of(answer_to(
                *server, request("GET /", "Host: a\r\nX: " + std::string(100'000, 'x') + "\r\n"))),
            "HTTP/1.1 431");
  EXPECT_EQ(answer_to(*server, std::string(100'000, 'x')).find("200"), std::string::npos);
  EXPECT_EQ(status_of(answer_to(*server, request("GET /"))), "HTTP/1.1 200") << "and it serves on";
}

TEST(HttpServer, ABodyIsNotReadAndDoesNotCostTheAnswer) {
  const auto server = serve(say_ok);
  Visitor visitor(server->address());
  visitor.say("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n" +
              std::string(100'000, 'x'));
  EXPECT_EQ(status_of(visitor.hear_out()), "HTTP/1.1 405");
}

// A head that comes byte by byte is cut off all the same.
TEST(HttpServer, WhoeverIsSlowIsLeftAndKeepsNobodyWaiting) {
  const auto server = serve(say_ok);
  Visitor silent(server->address());
  Visitor slow(server->address());
  slow.say("GET / HTTP/1.1\r\nX: ");
  EXPECT_EQ(status_of(answer_to(*server, request("GET /"))), "HTTP/1.1 200");
  EXPECT_TRUE(comes_true([&] {
    slow.say("x");
    return slow.has_been_left();
  }));
  EXPECT_EQ(silent.hear_out(), "");
}

TEST(HttpServer, TheOldestMakeRoomButNoStreamDoes) {
  const auto server = serve([](const HttpRequest&) {
    return HttpResponse{.next_event = [] { return std::optional<std::string>(); }};
  });
  Visitor stream(server->address());
  stream.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  stream.hear_until("\r\n\r\n");
  EXPECT_TRUE(comes_true([&] {  // at once, unless this machine is very busy: patience ends, too
    std::list<Visitor> silent;
    for (int n = 0; n < 300; ++n) silent.emplace_back(server->address());
    answer_to(*server, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");  // now all are let in
    const auto have_left = [](Visitor& visitor) { return visitor.has_been_left(); };
    return std::all_of(silent.begin(), std::next(silent.begin(), 40), have_left) &&
           !have_left(silent.back());
  }));
  EXPECT_FALSE(stream.has_been_left());
  EXPECT_EQ(server->streams(), 1u);
}

TEST(HttpServer, AHandlerThatWantsForMemoryCostsItsVisitorOnly) {
  const auto server = serve([](const HttpRequest& asked) -> HttpResponse {
    if (asked.path == "/much") throw std::bad_alloc();
    return {};
  });
  EXPECT_EQ(answer_to(*server, request("GET /much")), "");
  EXPECT_EQ(status_of(answer_to(*server, request("GET /"))), "HTTP/1.1 200");
}

// As many descriptors as this process may still open.
std::vector<int> all_descriptors() {
  std::vector<int> all;
  for (int fd; (fd = fcntl(0, F_DUPFD_CLOEXEC, 3)) >= 0;) all.push_back(fd);
  return all;
}

// Lowers how many descriptors may be open, for as long as it lives.
class FewDescriptors {
 public:
  explicit FewDescriptors(rlim_t count) {
    getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit few{std::min(count, before_.rlim_cur), before_.rlim_max};
    setrlimit(RLIMIT_NOFILE, &few);
  }
  ~FewDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(HttpServer, WithoutDescriptorsItWaits) {
  const FewDescriptors few(200);
  const auto server = serve(say_ok);
  std::vector<int> taken = all_descriptors();
  ASSERT_FALSE(taken.empty());
  close(taken.back());
  taken.pop_back();
  Visitor visitor(server->address());
  visitor.say(request("GET /"));
  const Nanoseconds begin = steady_now();
  const Nanoseconds cpu = process_cpu_now();
  EXPECT_FALSE(visitor.has_been_left(200)) << "nobody could let it in";
  EXPECT_LT(process_cpu_now() - cpu, (steady_now() - begin) / 2) << "it spins";
  for (const int fd : taken) close(fd);
  EXPECT_EQ(status_of(visitor.hear_out()), "HTTP/1.1 200");
}

// The descriptors from `first` on that are the server's ends of connections.
std::vector<int> descriptors_of(const HttpServer& server, int first, int end) {
  std::vector<int> found;
  for (int fd = first; fd < end; ++fd) {
    sockaddr_in local{};
    socklen_t bytes = sizeof local;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&local), &bytes) == 0 &&
        ntohs(local.sin_port) == server.address().port)
      found.push_back(fd);
  }
  return found;
}

TEST(HttpServer, VisitorsLeaveDescriptorsToTheProgram) {
  constexpr int kCount = 200;
  const FewDescriptors few(kCount);
  const auto server = serve(say_ok);
  std::list<Visitor> silent;  // each has a descriptor here, and one in the server
  for (int n = 0; n < 85; ++n) silent.emplace_back(server->address());
  EXPECT_EQ(status_of(answer_to(*server, request("GET /"))), "HTTP/1.1 200");
  EXPECT_GE(descriptors_of(*server, 3, kCount).size(), 10u);
  EXPECT_EQ(descriptors_of(*server, kCount - 64, kCount), std::vector<int>());
}

// A board with a number that streams show whenever it has changed, in events of one size.
class Board {
 public:
  static constexpr std::size_t kEventBytes = 32'000;

  HttpResponse stream() {
    return {.type = "text/event-stream", .next_event = [this, seen = 0]() mutable {
              const int now = number_;
              if (now == seen) return std::optional<std::string>();
              seen = now;
              ++asked_;
              return std::optional(event_of(now));
            }};
  }
  void set(int number) { number_ = number; }
  int asked() const { return asked_; }
  static std::string event_of(int number) {
    std::string event = "data: " + std::to_string(number) + ' ';
    event.resize(kEventBytes - 2, '.');
    return event + "\n\n";
  }

 private:
  std::atomic<int> number_ = 0;
  std::atomic<int> asked_ = 0;
};

std::list<Visitor> open_streams(const HttpServer& server, int count) {
  std::list<Visitor> visitors;
  for (int n = 0; n < count; ++n) {
    visitors.emplace_back(server.address());
    visitors.back().say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  for (Visitor& visitor : visitors) visitor.hear_until("\r\n\r\n");
  EXPECT_TRUE(comes_true([&] { return server.streams() == visitors.size(); }));
  return visitors;
}

TEST(HttpServer, AStreamIsToldWhatChanges) {
  Board board;
  const auto server = serve([&](const HttpRequest&) { return board.stream(); });
  EXPECT_EQ(server->streams(), 0u);
  server->notify();
  board.set(1);
  Visitor visitor(server->address());
  visitor.say("GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string head = visitor.hear_until("\r\n\r\n");
  EXPECT_NE(head.find("\r\nContent-Type: text/event-stream\r\n"), std::string::npos) << head;
  EXPECT_EQ(head.find("Content-Length"), std::string::npos) << head;
  EXPECT_EQ(visitor.hear(Board::kEventBytes), Board::event_of(1)) << "at once";
  for (int number = 2; number < 5; ++number) {
    board.set(number);
    server->notify();
    EXPECT_EQ(visitor.hear(Board::kEventBytes), Board::event_of(number));
  }
  server->notify();
  EXPECT_EQ(board.asked(), 4) << "no change is no event";
}

TEST(HttpServer, AHeadOfAStreamIsAHead) {
  Board board;
  const auto server = serve([&](const HttpRequest&) { return board.stream(); });
  const std::string head = answer_to(*server, "HEAD / HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(status_of(head), "HTTP/1.1 200");
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
  EXPECT_EQ(server->streams(), 0u);
}

TEST(HttpServer, AStreamThatGoesIsNoticed) {
  Board board;
  const auto server = serve([&](const HttpRequest&) { return board.stream(); });
  auto visitors = open_streams(*server, 3);
  visitors.pop_front();
  EXPECT_TRUE(comes_true([&] { return server->streams() == 2; }));
  visitors.front().say("more");  // which no browser does
  EXPECT_EQ(visitors.front().hear_out(), "");
  EXPECT_TRUE(comes_true([&] { return server->streams() == 1; }));
}

TEST(HttpServer, AReaderThatDoesNotReadSkipsToTheNewestAndKeepsNobodyWaiting) {
  constexpr int kNumbers = 40;
  Board board;
  Board deaf_board;
  const auto server = serve([&](const HttpRequest& asked) {
    return asked.path == "/deaf" ? deaf_board.stream() : board.stream();
  });
  auto readers = open_streams(*server, 40);
  Visitor deaf(server->address());
  deaf.say("GET /deaf HTTP/1.1\r\nHost: localhost\r\n\r\n");
  ASSERT_TRUE(comes_true([&] { return server->streams() == 41; }));
  for (int number = 1; number <= kNumbers; ++number) {
    board.set(number);
    deaf_board.set(number);
    server->notify();
    for (Visitor& reader : readers)
      ASSERT_EQ(reader.hear(Board::kEventBytes), Board::event_of(number));
  }
  EXPECT_LT(deaf_board.asked(), kNumbers / 2) << "what is in the kernel, and one event";
  deaf.hear_until("\r\n\r\n");
  const std::string newest = Board::event_of(kNumbers);
  EXPECT_TRUE(comes_true([&] { return deaf.hear(Board::kEventBytes) == newest; }));
  EXPECT_LT(deaf_board.asked(), kNumbers / 2 + 2);
}

// Opening them takes as many system calls as ending them, at least.
TEST(HttpServer, StopsSoonerThanFortyStreamsAreOpened) {
  double least = std::numeric_limits<double>::max();
  for (int round = 0; round < 5; ++round) {
    Board board;
    auto server = serve([&](const HttpRequest&) { return board.stream(); });
    const Visitor silent(server->address());
    const Nanoseconds begin = steady_now();
    auto visitors = open_streams(*server, 40);
    const Nanoseconds opened = steady_now();
    board.set(1);
    server->notify();
    server.reset();
    least = std::min(least, seconds(steady_now() - opened) / seconds(opened - begin));
    for (Visitor& visitor : visitors) visitor.hear_out();
  }
  EXPECT_LT(least, 1);
}

}  // namespace
}  // namespace mandel
