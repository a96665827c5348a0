// What Prometheus would read of real daemons, over a bare TCP connection.
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <sstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "common/net/address.h"
#include "common/wire/link.h"
#include "http.h"
#include "process.h"

namespace mandel::e2e {
namespace {

// Of a client that wants one answer, and the end of the connection.
std::string request(const std::string& method_and_path) {
  return method_and_path + " HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
}

// The figures of one reading, by name and labels as they stand on the page.
using Figures = std::map<std::string, double>;

Figures scrape(const std::string& address) {
  const std::string answer = http_answer(address, request("GET /metrics"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_NE(answer.find("\r\nContent-Type: text/plain; version=0.0.4"), std::string::npos);
  std::istringstream page(answer.substr(answer.find("\r\n\r\n") + 4));
  Figures figures;
  std::string type_of;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("# TYPE ")) {
      type_of = line.substr(7, line.rfind(' ') - 7);
      continue;
    }
    if (line.starts_with("# HELP ")) continue;
    const auto space = line.rfind(' ');
    const std::string key = line.substr(0, space);
    EXPECT_EQ(key.substr(0, key.find('{')), type_of) << line << " has no type of its own";
    EXPECT_TRUE(figures.emplace(key, std::stod(line.substr(space + 1))).second) << line;
  }
  return figures;
}

// Where a daemon with --metrics serves them, as it logs.
std::string metrics_of(Process& process) {
  EXPECT_TRUE(process.prints_error("/metrics\n")) << process.err();
  return process.said_after("metrics are at http://", '/');
}

Worker metered_worker() {
  return Worker({"--threads", "1", "--kernel", "scalar", "--metrics", "127.0.0.1:0"});
}

double worker_label(const Figures& figures, const std::string& name, const Worker& worker,
                    const std::string& more = "") {
  return figures.at(name + "{worker=\"" + worker.address() + "\"" + more + "}");
}

TEST(Metrics, OfAWorkerAgreeWithTheMastersReport) {
  Worker worker = metered_worker();
  const std::string address = metrics_of(worker.process());
  EXPECT_EQ(scrape(address).at("mandel_worker_chunks_total"), 0);
  EXPECT_EQ(scrape(address).at("mandel_worker_lanes"), 1);
  const MasterRun run =
      run_master({"--hosts", worker.address(), "--chunks", "50", "--codec", "none"});
  ASSERT_EQ(run.status, 0) << run.err;
  // Its master says goodbye, and nothing is left to do.
  ASSERT_TRUE(
      eventually([&] { return scrape(address).at("mandel_worker_masters_connected") == 0; }));
  const Figures figures = scrape(address);
  EXPECT_EQ(figures.at("mandel_worker_chunks_total"), run.json["workers"][0]["chunks"]);
  EXPECT_EQ(figures.at("mandel_worker_bytes_total"), 500 * 500 * 4);
  EXPECT_LE(figures.at("mandel_worker_bytes_total"), run.json["workers"][0]["bytes_in"]);
  EXPECT_NEAR(figures.at("mandel_worker_seconds_total{phase=\"computing\"}"),
              run.json["workers"][0]["compute_seconds"].get<double>(), 1e-4);
  EXPECT_GT(figures.at("mandel_worker_seconds_total{phase=\"encoding\"}"), 0);
  EXPECT_GT(figures.at("mandel_worker_seconds_total{phase=\"waiting\"}"), 0);
  EXPECT_EQ(figures.at("mandel_worker_queue_chunks"), 0);
  EXPECT_EQ(figures.at("mandel_worker_lanes_busy"), 0);
  EXPECT_EQ(figures.at("mandel_worker_errors_total{kind=\"failed_chunk\"}"), 0);
}

TEST(Metrics, OfAWorkerAtWork) {
  Worker worker = metered_worker();
  const std::string address = metrics_of(worker.process());
  Process master(
      master_command({"--hosts", worker.address(), "--size", "1000x1000",
                      "--view=-0.2,0.2,-0.2,0.2", "--max-iter", "100000000", "--chunks", "100"}));
  ASSERT_TRUE(eventually([&] {
    const Figures figures = scrape(address);
    return figures.at("mandel_worker_lanes_busy") == 1 &&
           figures.at("mandel_worker_queue_chunks") > 1;
  }));
  EXPECT_EQ(scrape(address).at("mandel_worker_masters_connected"), 1);
}

TEST(Metrics, CountPeersThatAreRefused) {
  Worker worker = metered_worker();
  const std::string address = metrics_of(worker.process());
  zmq::context_t context;
  DialLink link(context, "tcp://" + worker.address(), MasterSide{1000});
  wire::Envelope rude;
  rude.mutable_beat();
  link.send(rude);
  EXPECT_TRUE(eventually([&] {
    return scrape(address).at("mandel_worker_errors_total{kind=\"refused_peer\"}") == 1;
  }));
}

// The job's output is a pipe that nobody reads yet: all chunks are done, and the master is not.
TEST(Metrics, OfAMasterAgreeWithItsReport) {
  const TempDir dir;
  const std::string pipe = dir.path("counts.raw");
  const std::string json = dir.path("result.json");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  const int reader = open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  const Worker workers[2] = {Worker(), Worker()};
  Process master(
      master_command({"--hosts", workers[0].address() + "," + workers[1].address(), "--chunks",
                      "50", "--output", pipe, "--json", json, "--metrics", "127.0.0.1:0"}));
  const std::string address = metrics_of(master);
  ASSERT_TRUE(eventually([&] {
    const Figures figures = scrape(address);
    return figures.contains("mandel_master_chunks{state=\"done\"}") &&
           figures.at("mandel_master_chunks{state=\"done\"}") == 50;
  })) << master.err();
  const Figures figures = scrape(address);
  EXPECT_EQ(figures.at("mandel_master_chunks{state=\"total\"}"), 50);
  EXPECT_EQ(figures.at("mandel_master_workers_connected"), 2);
  EXPECT_GT(figures.at("mandel_master_seconds_total{phase=\"verifying\"}"), 0);
  ASSERT_EQ(fcntl(reader, F_SETFL, 0), 0);
  char part[1 << 16];
  while (read(reader, part, sizeof part) > 0) continue;
  close(reader);
  ASSERT_EQ(master.wait(), 0) << master.err();

  std::ifstream file(json);
  const auto report = nlohmann::json::parse(file);
  for (std::size_t k = 0; k < 2; ++k) {
    const auto& totals = report["workers"][k];
    EXPECT_EQ(worker_label(figures, "mandel_master_worker_chunks", workers[k]), totals["chunks"]);
    // Since then there were beats and goodbyes, which are small beside the counts.
    for (const std::string direction : {"in", "out"}) {
      const double bytes = worker_label(figures, "mandel_master_bytes_total", workers[k],
                                        ",direction=\"" + direction + "\"");
      const double reported = totals["bytes_" + direction];
      EXPECT_LE(bytes, reported);
      EXPECT_GT(bytes, 0.5 * reported);
    }
  }
}

TEST(Metrics, NothingElseIsServed) {
  Worker worker = metered_worker();
  const std::string address = metrics_of(worker.process());
  EXPECT_TRUE(http_answer(address, request("GET /")).starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(http_answer(address, request("GET /metricsx")).starts_with("HTTP/1.1 404 "));
  EXPECT_TRUE(http_answer(address, request("POST /metrics")).starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(http_answer(address, "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n")
                  .starts_with("HTTP/1.1 400 "))
      << "HTTP/1.1 wants a Host";
  EXPECT_EQ(http_answer(address, std::string(100'000, 'x')).find("200 OK"), std::string::npos);
  EXPECT_EQ(http_answer(address, "GET /metrics HTTP/1.1\r\n"), "") << "a head without an end";
  EXPECT_FALSE(scrape(address).empty()) << "and it serves on";
  worker.process().signal(SIGTERM);
  EXPECT_EQ(worker.process().wait(), 0);
}

TEST(Metrics, HeadIsAnsweredLikeGetWithoutThePage) {
  Worker worker = metered_worker();
  const std::string address = metrics_of(worker.process());
  const std::string head = http_answer(address, request("HEAD /metrics"));
  EXPECT_TRUE(head.starts_with("HTTP/1.1 200 OK\r\n")) << head;
  EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
  EXPECT_EQ(head.find("Content-Length: 0\r\n"), std::string::npos) << head;
  EXPECT_TRUE(http_answer(address, request("HEAD /")).starts_with("HTTP/1.1 404 "));
}

// Whoever reads is served while those before are silent still, though in the end they are cut off.
TEST(Metrics, ThoseWhoConnectAndSayNothingKeepNobodyWaiting) {
  Worker worker = metered_worker();
  const std::string address = metrics_of(worker.process());
  std::vector<int> silent;
  char byte = 0;
  EXPECT_TRUE(eventually([&] {  // at once, unless this machine is very busy
    for (const int fd : std::exchange(silent, {})) close(fd);
    for (int n = 0; n < 300; ++n) silent.push_back(http_connection(address));
    EXPECT_FALSE(scrape(address).empty());
    return recv(silent.back(), &byte, 1, MSG_DONTWAIT) == -1;
  }));
  for (const int fd : silent) {
    EXPECT_EQ(recv(fd, &byte, 1, 0), 0);
    close(fd);
  }
}

TEST(Metrics, AnAddressThatIsTakenIsSaid) {
  Worker first = metered_worker();
  const std::string taken = metrics_of(first.process());
  for (std::vector<std::string> command :
       {std::vector<std::string>{MANDEL_MASTER},
        std::vector<std::string>{MANDEL_WORKER, "--listen", "127.0.0.1:0"}}) {
    command.insert(command.end(), {"--metrics", taken});
    Process second(command);
    EXPECT_EQ(second.wait(), 2);
    EXPECT_NE(second.err().find("--metrics " + taken + ": "), std::string::npos) << second.err();
    EXPECT_NE(second.err().find("in use"), std::string::npos) << second.err();
  }
}

}  // namespace
}  // namespace mandel::e2e
