// The live page of a real master, as a program reads it. What a browser makes of it is tested in
// browser/.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sstream>

#include "http.h"
#include "lan.h"
#include "process.h"

namespace mandel::e2e {
namespace {

std::string http_get(const std::string& address, const std::string& path,
                     const std::string& more = "") {
  return http_answer(address, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + more +
                                  "Connection: close\r\n\r\n");
}

std::string http_body(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

nlohmann::json state_at(const std::string& address) {
  return nlohmann::json::parse(http_body(http_get(address, "/state")));
}

// Where the page is, as the log says: "127.0.0.1:PORT/" and what follows.
std::string page_of(Process& master) { return master.said_after("watch at http://", '\n'); }

std::string address_in(const std::string& page) { return page.substr(0, page.find('/')); }

// Of all rows of the display, the state: see docs/live.md.
std::vector<int> row_states(const std::string& bytes, std::size_t columns) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes.at(at)); };
  std::vector<int> states;
  std::size_t at = 6;
  for (int n = byte(4) + 256 * byte(5); n > 0; --n) {
    states.push_back(byte(at + 2));
    at += 40 + (byte(at + 3) == 1 ? 3 * columns : 0);
  }
  EXPECT_EQ(at, bytes.size());
  return states;
}

TEST(Live, StaysAndHasAllOfTheJobInTheEnd) {
  const Worker workers[2] = {Worker(), Worker()};
  Process master(master_command({"--hosts", workers[0].address() + "," + workers[1].address(),
                                 "--chunks", "50", "--live", "127.0.0.1:0", "--live-stay"}));
  const std::string address = address_in(page_of(master));
  ASSERT_TRUE(eventually([&] { return state_at(address)["phase"] == "done"; }));
  const auto state = state_at(address);
  EXPECT_EQ(state["chunks"], 50);
  EXPECT_EQ(state["chunks_done"], 50);
  EXPECT_EQ(state["work_done"], 1);
  EXPECT_NE(state["ending"].get<std::string>().find(kTutorialSum), std::string::npos);
  EXPECT_EQ(state["workers"]["chunks"][0].get<int>() + state["workers"]["chunks"][1].get<int>(),
            50);
  EXPECT_EQ(row_states(http_body(http_get(address, "/rows?since=0")), 500),
            std::vector<int>(500, 2));
  EXPECT_EQ(row_states(http_body(http_get(address, "/rows?since=1000000")), 500),
            std::vector<int>());
  EXPECT_NE(http_body(http_get(address, "/")).find(kTutorialSum), std::string::npos)
      << "without a script, too";
  EXPECT_TRUE(http_get(address, "/nothing").starts_with("HTTP/1.1 404 "));
  ASSERT_TRUE(master.prints_error("the page stays at")) << master.err();
  master.signal(SIGINT);
  EXPECT_EQ(master.wait(), 0);
}

TEST(Live, StreamsWhatHappensAndLosesNobody) {
  Worker doomed({"--threads", "1", "--kernel", "scalar"});
  const Worker heir({"--threads", "1", "--kernel", "scalar"});
  Process master(master_command({"--hosts", doomed.address() + "," + heir.address(), "--size",
                                 "1000x1000", "--view=-0.2,0.2,-0.2,0.2", "--max-iter", "100000000",
                                 "--chunks", "100", "--live", "127.0.0.1:0"}));
  const std::string address = address_in(page_of(master));
  ASSERT_TRUE(eventually([&] { return state_at(address)["chunks_held"] > 1; }));
  doomed.process().signal(SIGKILL);
  doomed.process().wait();
  ASSERT_TRUE(eventually([&] { return state_at(address)["workers"]["state"][0] == "gone"; }));
  // Its heir may be busy until it is granted the chunks.
  EXPECT_TRUE(eventually([&] {
    const auto told = nlohmann::json::parse(http_body(http_get(address, "/happenings")));
    return told.back()["kind"] == "lost" && told.back()["worker"] == 0 &&
           told.back()["text"].get<std::string>().starts_with("Lost " + doomed.address());
  }));
  const auto away = [](const nlohmann::json& state) { return state["parts"][8].get<double>(); };
  EXPECT_TRUE(eventually([&] { return away(state_at(address)) > 0.5; })) << "while it runs";
  EXPECT_EQ(state_at(address)["phase"], "computing");
}

TEST(Live, OfAResumedJobShowsWhatTheFirstRunDid) {
  const TempDir dir;
  const std::string npy = dir.path("p.npy");
  const Worker worker({"--threads", "1", "--kernel", "scalar"});
  const std::vector<std::string> job = {"--size",   "200x200", "--max-iter", "300000",
                                        "--chunks", "100",     "--output",   npy};
  {
    std::vector<std::string> first = {"--hosts", worker.address()};
    first.insert(first.end(), job.begin(), job.end());
    Process master(master_command(first));
    ASSERT_TRUE(eventually([&] {
      std::error_code none;
      const auto size = std::filesystem::file_size(npy + ".journal", none);
      return !none && size > 600;
    })) << master.err();
    master.signal(SIGKILL);
    master.wait();
  }
  Process master(master_command({"--resume", npy + ".journal", "--hosts", "127.0.0.1:1",
                                 "--patience", "30", "--live", "127.0.0.1:0"}));
  const std::string address = address_in(page_of(master));
  ASSERT_TRUE(eventually([&] { return state_at(address)["chunks_done"] > 0; }));
  const auto states = row_states(http_body(http_get(address, "/rows?since=0")), 200);
  EXPECT_EQ(states.front(), 2) << "its pixels are there";
  EXPECT_EQ(states.back(), 0);
  master.signal(SIGINT);
  EXPECT_EQ(master.wait(), 130);
}

TEST(Live, IsForThoseWhoHaveTheTokenWhereOthersCanReachIt) {
  Process master(master_command({"--listen", "127.0.0.1:0", "--live", "0.0.0.0:0"}));
  const std::string page = page_of(master);
  const std::string address =
      "127.0.0.1" + page.substr(page.find(':'), page.find('/') - page.find(':'));
  const std::string token = page.substr(page.find("token=") + 6);
  EXPECT_EQ(token.size(), 32u);
  for (const char* path : {"/", "/state", "/events", "/rows", "/lanes", "/happenings", "/save"}) {
    EXPECT_TRUE(http_get(address, path).starts_with("HTTP/1.1 401 ")) << path;
    EXPECT_TRUE(http_get(address, path, "Cookie: token=" + std::string(32, '0') + "\r\n")
                    .starts_with("HTTP/1.1 401 "))
        << path;
  }
  const std::string answer = http_get(address, "/?token=" + token);
  ASSERT_TRUE(answer.starts_with("HTTP/1.1 303 ")) << answer;
  const auto begin = answer.find("Set-Cookie: ") + 12;
  const std::string cookie = answer.substr(begin, answer.find(';', begin) - begin);
  EXPECT_TRUE(
      http_get(address, "/state", "Cookie: " + cookie + "\r\n").starts_with("HTTP/1.1 200 "));
}

// The port is 8755: a network of its own.
TEST(Live, WithoutAPortIsNotWhereAWorkerIs) {
  if (const std::string obstacle = Lan::obstacle(); !obstacle.empty()) GTEST_SKIP() << obstacle;
  const Netns network = Netns::with_loopback();
  const Netns::Visit visit(network);
  for (const auto& [host, address] : {std::pair{"", "127.0.0.1:8755"},
                                      {"127.0.0.1", "127.0.0.1:8755"},
                                      {"::1", "[::1]:8755"},
                                      {"[::1]", "[::1]:8755"}}) {
    Process master(master_command({"--listen", "127.0.0.1:0", "--live", host}));
    EXPECT_EQ(address_in(page_of(master)), address);
  }
}

TEST(Live, IsPublicIfSoWished) {
  Process master(
      master_command({"--listen", "127.0.0.1:0", "--live", "0.0.0.0:0", "--live-public"}));
  const std::string page = page_of(master);
  EXPECT_EQ(page.find("token"), std::string::npos);
  EXPECT_TRUE(
      http_get("127.0.0.1" + page.substr(page.find(':'), page.find('/') - page.find(':')), "/state")
          .starts_with("HTTP/1.1 200 "));
}

TEST(Live, IsRefusedBeforeAnythingIsComputed) {
  Process first(master_command({"--listen", "127.0.0.1:0", "--live", "127.0.0.1:0"}));
  const std::string taken = address_in(page_of(first));
  for (const std::string& address :
       {taken, std::string("192.0.2.1:0"), std::string("nowhere.invalid:1"), std::string("here")}) {
    const MasterRun run = run_master({"--live", address});
    EXPECT_EQ(run.status, 2) << address;
    EXPECT_NE(run.err.find("--live " + address + ": "), std::string::npos) << run.err;
    EXPECT_EQ(run.err.find('\n'), run.err.size() - 1) << run.err;
    EXPECT_EQ(run.out, "");
  }
  const MasterRun run = run_master({"--live-save", "/nowhere/p.html"});
  EXPECT_EQ(run.status, 2);
  EXPECT_NE(run.err.find("--live-save: "), std::string::npos) << run.err;
}

TEST(Live, IsSavedWithoutABrowser) {
  const TempDir dir;
  const std::string path = dir.path("run.html");
  const MasterRun run = run_master({"--live-save", path, "--chunks", "50"});
  ASSERT_EQ(run.status, 0) << run.err;
  std::ifstream file(path);
  std::stringstream page;
  page << file.rdbuf();
  const std::string before = R"(id="saved">)";
  const auto begin = page.str().find(before);
  ASSERT_NE(begin, std::string::npos);
  const auto at = begin + before.size();
  const auto saved =
      nlohmann::json::parse(page.str().substr(at, page.str().find("</script>", at) - at));
  EXPECT_EQ(saved["state"]["phase"], "done");
  EXPECT_EQ(saved["state"]["chunks_done"], 50);
  // 500 rows of 40 bytes and 500 pixels, in base64.
  EXPECT_EQ(saved["rows"].get<std::string>().size(), (6 + 500 * (40 + 1500) + 2) / 3 * 4);
}

TEST(Live, SaysThatItShowsCountsWhereAPixelIsMadeOfSeveral) {
  const TempDir dir;
  const std::string path = dir.path("p.html");
  const MasterRun run = run_master({"--size", "60x40", "--supersample", "2", "--output",
                                    dir.path("p.png"), "--live-save", path});
  ASSERT_EQ(run.status, 0) << run.err;
  std::stringstream page;
  page << std::ifstream(path).rdbuf();
  EXPECT_NE(page.str().find("shown are counts: 2 x 2 become a pixel"), std::string::npos);
}

TEST(Live, OfASweepHasItsPlot) {
  const TempDir dir;
  Process master(master_command(
      {"sweep", "--chunks", "4,8", "--repeat", "2", "--live", "127.0.0.1:0", "--live-stay"}));
  const std::string address = address_in(page_of(master));
  ASSERT_TRUE(eventually([&] { return state_at(address)["phase"] == "done"; })) << master.err();
  const auto state = state_at(address);
  EXPECT_EQ(state["sweep"]["done"], 4);
  EXPECT_EQ(state["sweep"]["runs"], 4);
  EXPECT_EQ(state["chunks_done"], 8) << "of the last run";
  EXPECT_EQ(http_body(http_get(address, "/sweep.svg")).substr(0, 4), "<svg");
  // Before that the signal would interrupt the sweep.
  ASSERT_TRUE(master.prints_error("the page stays at")) << master.err();
  master.signal(SIGTERM);
  EXPECT_EQ(master.wait(), 0);
}

}  // namespace
}  // namespace mandel::e2e
