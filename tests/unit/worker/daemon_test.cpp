// The daemon as a master sees it, over inproc: what the parts tested by themselves add up to.
#include "worker/daemon.h"

#include <atomic>
#include <gtest/gtest.h>
#include <optional>
#include <pthread.h>
#include <semaphore>
#include <thread>

#include "kernels/deep/engine.h"
#include "kernels/registry.h"

namespace mandel {
namespace {

const Job kJob{TutorialGrid{200}, 50};
constexpr std::uint64_t kId = 7;

// A kernel that gets on when it is let.
std::counting_semaphore<> gate(0);

class GatedKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double>, std::uint32_t,
                  std::span<std::uint32_t>, StopPoll stop) override {
    for (;;) {
      gate.acquire();
      if (stop.stop_requested()) return {.stopped = true};
    }
  }
};

constexpr Backend kGated = {"gated", "cpu", kExactF64, "", []() -> std::unique_ptr<Kernel> {
                              return std::make_unique<GatedKernel>();
                            }};

class Daemon {
 public:
  explicit Daemon(const Backend* backend = find_backend("scalar"))
      : Daemon(Lane{.backend = backend}) {}
  explicit Daemon(const Lane& lane)
      : daemon_(*WorkerDaemon::start(context_, {.endpoint = "inproc://worker", .lanes = {lane}})),
        thread_([this] { daemon_->run(); }) {}
  ~Daemon() {
    stop();
    stop();
    join();
    while (!daemon_->stop_lanes()) gate.release();
  }
  void stop() { daemon_->request_stop(); }
  void join() {
    if (thread_.joinable()) thread_.join();
  }
  WorkerDaemon& operator*() { return *daemon_; }
  zmq::context_t& context() { return context_; }

 private:
  zmq::context_t context_;
  std::unique_ptr<WorkerDaemon> daemon_;
  std::thread thread_;
};

class Master {
 public:
  explicit Master(Daemon& daemon, std::vector<wire::Encoding> encodings = {})
      : link_(daemon.context(), "inproc://worker", MasterSide{1 << 20}) {
    wire::Envelope hello;
    for (const auto encoding : encodings) hello.mutable_hello()->add_encodings(encoding);
    hello.mutable_hello()->set_protocol_min(kProtocolMin);
    hello.mutable_hello()->set_protocol_max(kProtocolMax);
    link_.send(hello);
    EXPECT_TRUE(next([](const auto& head) { return head.has_welcome(); }));
  }

  void open(const Job& job) {
    wire::Envelope envelope;
    *envelope.mutable_open_job() = open_job(kId, job);
    link_.send(envelope);
  }
  void give(std::uint32_t chunk, std::uint32_t attempt,
            wire::Encoding wish = wire::ENCODING_UNSPECIFIED) {
    wire::Envelope envelope;
    wire::Task& task = *envelope.mutable_task();
    task.set_job(kId);
    task.set_chunk(chunk);
    task.set_attempt(attempt);
    task.set_first_row(chunk);
    task.set_rows(1);
    task.set_encoding(wish);
    link_.send(envelope);
  }
  void acknowledge(std::uint32_t chunk) {
    wire::Envelope envelope;
    wire::Acks& acks = *envelope.mutable_beat()->add_acks();
    acks.set_job(kId);
    acks.add_chunks(chunk);
    link_.send(envelope);
  }
  void say_goodbye() {
    wire::Envelope envelope;
    envelope.mutable_goodbye();
    link_.send(envelope);
  }

  // The next message of the kind, or nothing when a deadline is over.
  std::optional<wire::Envelope> next(const std::function<bool(const wire::Envelope&)>& is_it) {
    const Nanoseconds deadline = steady_now() + 60 * kSecond;
    Sleeper sleeper;
    while (steady_now() < deadline) {
      link_.watch(sleeper);
      sleeper.sleep(100 * kMillisecond);
      while (auto message = link_.receive())
        if (*message && is_it((*message)->head)) return (*message)->head;
    }
    return std::nullopt;
  }
  wire::Result next_result() {
    const auto head = next([](const auto& envelope) { return envelope.has_result(); });
    return head ? head->result() : wire::Result();
  }
  std::uint64_t next_ticks() {
    const auto head = next([](const auto& envelope) { return envelope.beat().tasks_size() > 0; });
    return head ? head->beat().tasks(0).ticks() : 0;
  }

 private:
  DialLink link_;
};

TEST(Daemon, AResultOutlivesTheSessionThatItWasSentTo) {
  Daemon daemon;
  {
    Master lost(daemon);
    lost.open(kJob);
    lost.give(3, 1);
    ASSERT_EQ(lost.next_result().chunk(), 3u);
  }
  Master master(daemon);
  master.open(kJob);
  const wire::Result again = master.next_result();
  EXPECT_EQ(again.chunk(), 3u);
  EXPECT_EQ(again.attempt(), 1u);
  master.give(3, 2);
  const wire::Result answer = master.next_result();
  EXPECT_EQ(answer.attempt(), 2u);
  EXPECT_EQ(answer.hash_low(), again.hash_low());
  EXPECT_EQ(answer.residence_ns(), 0u) << "not computed again";
}

TEST(Daemon, WhatIsAcknowledgedIsForgotten) {
  Daemon daemon;
  Master master(daemon);
  master.open(kJob);
  master.give(3, 1);
  ASSERT_EQ(master.next_result().attempt(), 1u);
  master.acknowledge(3);
  master.give(3, 2);
  const wire::Result result = master.next_result();
  EXPECT_EQ(result.attempt(), 2u);
  EXPECT_GT(result.residence_ns(), 0u) << "computed again";
}

TEST(Daemon, AMasterThatSaysGoodbyeWantsNothingKept) {
  Daemon daemon;
  {
    Master done(daemon);
    done.open(kJob);
    done.give(3, 1);
    ASSERT_EQ(done.next_result().chunk(), 3u);
    done.say_goodbye();
  }
  Master master(daemon);
  master.open(kJob);
  master.give(4, 1);
  EXPECT_EQ(master.next_result().chunk(), 4u) << "and not 3 before it";
}

TEST(Daemon, AnotherJobOfTheSameNumberGetsNothingOfTheFirst) {
  Daemon daemon;
  {
    Master lost(daemon);
    lost.open(kJob);
    lost.give(3, 1);
    ASSERT_EQ(lost.next_result().chunk(), 3u);
  }
  Master master(daemon);
  master.open({TutorialGrid{200}, 51});
  master.give(3, 1);
  EXPECT_GT(master.next_result().residence_ns(), 0u);
}

TEST(Daemon, CountsComeInTheEncodingThatTheTaskWishes) {
  Daemon daemon;
  Master master(daemon, {wire::RAW_U32, wire::PLANES_LZ4});
  master.open(kJob);
  master.give(1, 1, wire::PLANES_LZ4);
  EXPECT_EQ(master.next_result().encoding(), wire::PLANES_LZ4);
  for (const auto wish : {wire::ENCODING_UNSPECIFIED, wire::RAW_U32, wire::Encoding(99)}) {
    master.give(2, 1, wish);
    EXPECT_EQ(master.next_result().encoding(), wire::RAW_U32) << wish;
    master.acknowledge(2);
  }
}

TEST(Daemon, WhatAMasterDidNotSayThatItReadsItGetsRaw) {
  Daemon daemon;
  Master master(daemon);
  master.open(kJob);
  master.give(1, 1, wire::PLANES_LZ4);
  EXPECT_EQ(master.next_result().encoding(), wire::RAW_U32);
}

TEST(Daemon, AKeptResultIsComputedAgainForAMasterThatDoesNotReadItsEncoding) {
  Daemon daemon;
  {
    Master lost(daemon, {wire::PLANES_LZ4});
    lost.open(kJob);
    lost.give(3, 1, wire::PLANES_LZ4);
    ASSERT_EQ(lost.next_result().encoding(), wire::PLANES_LZ4);
  }
  {
    Master reader(daemon, {wire::PLANES_LZ4});
    reader.open(kJob);
    EXPECT_EQ(reader.next_result().encoding(), wire::PLANES_LZ4);
  }
  Master master(daemon);
  master.open(kJob);
  master.give(3, 2);
  const wire::Result result = master.next_result();
  EXPECT_EQ(result.attempt(), 2u) << "not the kept one";
  EXPECT_EQ(result.encoding(), wire::RAW_U32);
  EXPECT_GT(result.residence_ns(), 0u);
}

TEST(Daemon, BeatsTellALaneThatGetsOn) {
  Daemon daemon(&kGated);
  Master master(daemon);
  master.open(kJob);
  master.give(0, 1);
  const std::uint64_t ticks = master.next_ticks();
  gate.release();
  // That one beat may have been on its way already.
  EXPECT_TRUE(master.next([&](const auto& head) {
    return head.beat().tasks_size() > 0 && head.beat().tasks(0).ticks() > ticks;
  }));
}

// Takes no time while it is open, and for ever when it is shut. Counts the runs of either kind of
// thread.
std::atomic<bool> is_shut = false;
std::atomic<int> runs_in_lanes = 0;
std::atomic<int> runs_elsewhere = 0;

class ShutKernel final : public Kernel {
 public:
  KernelStats run(std::span<const double>, std::span<const double>, std::uint32_t,
                  std::span<std::uint32_t> out, StopPoll stop) override {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    ++(std::string(name).starts_with("lane") ? runs_in_lanes : runs_elsewhere);
    while (is_shut) {
      if (stop.stop_requested()) return {.stopped = true};
      std::this_thread::yield();
    }
    std::ranges::fill(out, 0u);
    return {};
  }
};

constexpr Backend kShut = {"shut", "cpu", kExactF64, "", []() -> std::unique_ptr<Kernel> {
                             return std::make_unique<ShutKernel>();
                           }};

// Gives small tasks until the loop has computed one: on a busy machine a few may take long.
void show_that_tasks_are_small(Master& master) {
  const int elsewhere = runs_elsewhere;
  for (std::uint32_t attempt = 1; runs_elsewhere == elsewhere; ++attempt) {
    ASSERT_LT(attempt, 10'000u);
    master.give(0, attempt);
    ASSERT_EQ(master.next_result().attempt(), attempt);
    master.acknowledge(0);
  }
}

TEST(Daemon, ComputesTheSmallestTasksItself) {
  Daemon daemon(&kShut);
  Master master(daemon);
  master.open(kJob);
  show_that_tasks_are_small(master);
  EXPECT_GT(runs_in_lanes, 0) << "the first, of which nothing was known";
}

// The loop gives it up, and goes on beating while a lane has it.
TEST(Daemon, ATaskThatIsNotSmallAfterAllGoesToALane) {
  Daemon daemon(&kShut);
  Master master(daemon);
  master.open(kJob);
  bool was_given_up = false;
  for (std::uint32_t attempt = 1; !was_given_up && attempt < 100; ++attempt) {
    show_that_tasks_are_small(master);
    const int in_lanes = runs_in_lanes;
    const int elsewhere = runs_elsewhere;
    is_shut = true;
    master.give(1, attempt);
    EXPECT_GT(master.next_ticks(), 0u);
    EXPECT_EQ(runs_in_lanes, in_lanes + 1);
    was_given_up = runs_elsewhere == elsewhere + 1;  // else the last small one took long
    is_shut = false;
    EXPECT_EQ(master.next_result().attempt(), attempt);
    master.acknowledge(1);
  }
  EXPECT_TRUE(was_given_up);
}

TEST(Daemon, ASecondRequestSaysGoodbyeWhileTheLanesAreBusy) {
  Daemon daemon(&kGated);
  Master master(daemon);
  master.open(kJob);
  master.give(0, 1);
  ASSERT_TRUE(master.next([](const auto& head) {  // in a lane
    return head.beat().tasks_size() > 0 && head.beat().tasks(0).ticks() > 0;
  }));
  daemon.stop();
  EXPECT_TRUE(master.next([](const auto& head) { return head.has_leaving(); }));
  daemon.stop();
  EXPECT_TRUE(master.next([](const auto& head) { return head.has_goodbye(); }));
  daemon.join();  // the loop, although its lane hangs
  EXPECT_FALSE((*daemon).stop_lanes());
}

const Job kDeepJob{DeepView{"-0.75", "0", "0.1", "0.1", 8, 8}, 50};

TEST(WorkerDaemon, AJobOfCountsThatNoLaneComputesIsRefused) {
  Daemon daemon;
  Master master(daemon);
  master.open(kDeepJob);
  const auto refusal = master.next([](const auto& head) { return head.has_refusal(); });
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->refusal().reason(), "this worker computes no true-count");
}

// Its counts are all 0.
constexpr DeepBackend kWrong = {
    "wrong", "", [](const DeepView&, std::uint32_t) -> std::unique_ptr<DeepEngine> {
      class Wrong final : public DeepEngine {
        KernelStats run(std::uint32_t, std::uint32_t, std::span<std::uint32_t> out,
                        StopPoll) override {
          std::ranges::fill(out, 0);
          return {};
        }
      };
      return std::make_unique<Wrong>();
    }};

TEST(WorkerDaemon, TrueCountIsTestedBeforeItsFirstChunk) {
  Daemon daemon(Lane{.deep = &kWrong});
  Master master(daemon);
  master.open(kDeepJob);
  master.give(0, 1);
  const auto failure = master.next([](const auto& head) { return head.has_failure(); });
  ASSERT_TRUE(failure);
  EXPECT_NE(failure->failure().reason().find("kernel wrong failed its self-test"),
            std::string::npos);
}

}  // namespace
}  // namespace mandel
