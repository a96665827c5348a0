// Masters that ask for results and do not read them: ZeroMQ would keep them all. Whatever such a
// master says meanwhile, the worker's memory is bounded, and an honest master beside it is served.
#include <cstdlib>
#include <gtest/gtest.h>
#include <thread>
#include <zmq.hpp>

#include "common/wire/wire.h"
#include "long_job.h"

namespace mandel::e2e {
namespace {

constexpr const char* kResultsMib = "128";
// With the process itself, and chunks that are in the lane and being encoded.
constexpr std::uint64_t kBytesMax = std::uint64_t{128 + 96} << 20;
constexpr std::uint32_t kRows = 1024;  // of a chunk of 16 MiB, which takes a lane no time
constexpr std::uint32_t kFewRows = 128;
constexpr std::uint32_t kTasks = 20;  // more than fit, and fewer than a master may have

class DeafMaster {
 public:
  explicit DeafMaster(const std::string& worker) : socket_(context_, zmq::socket_type::dealer) {
    socket_.set(zmq::sockopt::linger, 0);
    socket_.set(zmq::sockopt::rcvhwm, 1);
    socket_.set(zmq::sockopt::rcvbuf, 4096);
    socket_.connect("tcp://" + worker);
  }

  void ask_for(std::uint64_t job, std::uint32_t tasks, std::uint32_t rows = kRows) {
    wire::Envelope hello;
    hello.mutable_hello()->set_protocol_min(kProtocolMin);
    hello.mutable_hello()->set_protocol_max(kProtocolMax);
    say(hello);
    wire::Envelope opening;
    // Far from the set, and with few rows, whose coordinates are memory too.
    *opening.mutable_open_job() =
        open_job(job, {View{1e6, 1e6, 1e-3, 1e-3, 4096, kTasks * kRows}, 1});
    say(opening);
    for (std::uint32_t chunk = 0; chunk < tasks; ++chunk) {
      wire::Envelope envelope;
      wire::Task& task = *envelope.mutable_task();
      task.set_job(job);
      task.set_chunk(chunk);
      task.set_attempt(1);
      task.set_first_row(chunk * rows);
      task.set_rows(rows);
      say(envelope);
    }
  }
  void acknowledge_all(std::uint64_t job) {
    wire::Envelope beat;
    wire::Acks& acks = *beat.mutable_beat()->add_acks();
    acks.set_job(job);
    for (std::uint32_t chunk = 0; chunk < kTasks; ++chunk) acks.add_chunks(chunk);
    say(beat);
  }
  // What no master says: the session is over, and the connection is not.
  void break_the_rules() {
    wire::Envelope leaving;
    leaving.mutable_leaving();
    say(leaving);
  }

 private:
  void say(const wire::Envelope& envelope) {
    socket_.send(zmq::buffer(encode(envelope)), zmq::send_flags::dontwait);
  }

  zmq::context_t context_;
  zmq::socket_t socket_;
};

// Time between its messages, in which the worker computes.
void pause() { std::this_thread::sleep_for(std::chrono::milliseconds(50)); }

struct Manner {
  const char* name;
  void (*act)(const std::string& worker, const std::stop_token& stop);
};

void PrintTo(const Manner& manner, std::ostream* out) { *out << manner.name; }

void acknowledges(const std::string& worker, const std::stop_token& stop) {
  DeafMaster master(worker);
  for (master.ask_for(7, kTasks); !stop.stop_requested(); pause()) master.acknowledge_all(7);
}

void greets_again(const std::string& worker, const std::stop_token& stop) {
  DeafMaster master(worker);
  for (std::uint64_t job = 7; !stop.stop_requested(); ++job) {
    master.ask_for(job, kTasks);
    pause();
    master.break_the_rules();
  }
}

void comes_in_numbers(const std::string& worker, const std::stop_token& stop) {
  std::vector<std::unique_ptr<DeafMaster>> masters;
  for (std::uint64_t job = 7; job < 40; ++job) {
    masters.push_back(std::make_unique<DeafMaster>(worker));
    masters.back()->ask_for(job, kTasks, kFewRows);
  }
  while (!stop.stop_requested()) pause();
}

// A job in whose kept results it is greedy: opened again and again, it gets them again and again.
void opens_again(const std::string& worker, const std::stop_token& stop) {
  std::vector<std::unique_ptr<DeafMaster>> masters;
  while (!stop.stop_requested()) {
    if (masters.size() == 50) masters.clear();
    masters.push_back(std::make_unique<DeafMaster>(worker));
    masters.back()->ask_for(7, 4);
    pause();
  }
}

class Deaf : public LongJob, public testing::WithParamInterface<Manner> {};

TEST_P(Deaf, MastersGetABoundedPartOfAWorkersMemory) {
  Worker worker({"--threads", "1", "--kernel", "scalar", "--results-mib", kResultsMib});
  std::jthread deaf([&](const std::stop_token& stop) { GetParam().act(worker.address(), stop); });
  Process master = start(worker.address());
  expect_right(master);
  // A sanitizer's own memory would be measured.
  const bool is_sanitized = std::getenv("MANDEL_SANITIZED") != nullptr;
  EXPECT_TRUE(is_sanitized || memory_of(worker.process(), "VmHWM") < kBytesMax)
      << memory_of(worker.process(), "VmHWM");
}

INSTANTIATE_TEST_SUITE_P(Hostile, Deaf,
                         testing::Values(Manner{"Acknowledges", acknowledges},
                                         Manner{"GreetsAgain", greets_again},
                                         Manner{"ComesInNumbers", comes_in_numbers},
                                         Manner{"OpensAgain", opens_again}),
                         [](const auto& manner) { return manner.param.name; });

}  // namespace
}  // namespace mandel::e2e
