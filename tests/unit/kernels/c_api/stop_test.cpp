// Computations that are stopped, watched, and many at once. Those that would take hours end because
// they are stopped, or the test never does.
#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <numeric>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/unit/kernels/c_api/handles.h"

namespace mandel {
namespace {

constexpr std::uint64_t kEndlessIter = 0x7fffffff;

// Real points whose orbits are chaotic and never leave, so that no proof shortens them.
GridHandle endless_grid() {
  std::vector<double> xs(400);
  for (std::size_t k = 0; k < xs.size(); ++k) xs[k] = -1.95 + 1e-3 * static_cast<double>(k);
  return grid_of(xs, {0, 0, 0});
}

void set(int& flag) { __atomic_store_n(&flag, 1, __ATOMIC_RELAXED); }

// A progress function that the test waits for.
struct Watch {
  std::mutex mutex;
  std::condition_variable called;
  std::vector<std::uint64_t> done;
  std::uint64_t rows = 0;
  std::thread::id thread;
  int answer = 0;

  static int progress(void* context, std::uint64_t rows_done, std::uint64_t rows) {
    auto& self = *static_cast<Watch*>(context);
    const std::lock_guard lock(self.mutex);
    self.done.push_back(rows_done);
    self.rows = rows;
    self.thread = std::this_thread::get_id();
    self.called.notify_all();
    return self.answer;
  }
  void wait_until_called() {
    std::unique_lock lock(mutex);
    called.wait(lock, [&] { return !done.empty(); });
  }
  mandel_compute_options options(std::uint64_t max_iter) {
    return {.max_iter = max_iter, .progress = progress, .context = this};
  }
};

TEST(CApiStop, ByAFlagThatWasSetBefore) {
  int flag = 1;
  const Computed computed =
      compute(make_engine(), tutorial_grid(100), {.max_iter = 10, .stop = &flag});
  EXPECT_EQ(computed.status, MANDEL_STOPPED);
  EXPECT_NE(computed.sentence, "");
}

TEST(CApiStop, ByAFlagThatAnotherThreadSets) {
  const EngineHandle engine = make_engine();
  int flag = 0;
  Watch watch;
  auto options = watch.options(kEndlessIter);
  options.stop = &flag;
  std::jthread other([&] {
    watch.wait_until_called();
    set(flag);
  });
  EXPECT_EQ(compute(engine, endless_grid(), options).status, MANDEL_STOPPED);
  // The engine is as good as before.
  EXPECT_EQ(compute(engine, tutorial_grid(100), {.max_iter = 10}).status, MANDEL_OK);
}

TEST(CApiStop, ByTheProgressFunction) {
  Watch watch;
  watch.answer = 1;
  EXPECT_EQ(compute(make_engine(), endless_grid(), watch.options(kEndlessIter)).status,
            MANDEL_STOPPED);
  EXPECT_EQ(watch.done.size(), 1u);
  EXPECT_EQ(watch.rows, 3u);
  EXPECT_EQ(watch.thread, std::this_thread::get_id());
}

TEST(CApiStop, OfOneThatWaitsBehindAnotherNeedsNoLane) {
  const EngineHandle engine = make_engine(nullptr, 1);
  int first_flag = 0;
  Watch first_watch;
  auto first_options = first_watch.options(kEndlessIter);
  first_options.stop = &first_flag;
  std::jthread first(
      [&] { EXPECT_EQ(compute(engine, endless_grid(), first_options).status, MANDEL_STOPPED); });
  first_watch.wait_until_called();
  Watch second_watch;
  second_watch.answer = 1;
  EXPECT_EQ(compute(engine, tutorial_grid(100), second_watch.options(10)).status, MANDEL_STOPPED);
  EXPECT_EQ(second_watch.done, std::vector<std::uint64_t>{0});
  set(first_flag);
}

TEST(CApiProgress, CountsRowsUpToAllOfThem) {
  // Twice as many iterations until it takes long enough to be told of; a picture of two parts.
  for (std::uint64_t max_iter = 1000;; max_iter *= 2) {
    Watch watch;
    const Computed computed =
        compute(make_engine("scalar", 2), tutorial_grid(1000), watch.options(max_iter));
    ASSERT_EQ(computed.status, MANDEL_OK) << computed.sentence;
    if (max_iter == 1000) {
      EXPECT_EQ(std::accumulate(computed.counts.begin(), computed.counts.end(), 0u), 1148485u)
          << "in parts, each at its place";
    }
    if (watch.done.empty()) continue;
    EXPECT_TRUE(std::ranges::is_sorted(watch.done));
    EXPECT_EQ(watch.rows, 500u);
    EXPECT_LE(watch.done.back(), 500u);
    if (watch.done.back() > 0) return;
  }
}

TEST(CApiThreads, ManyShareAnEngineAndAGrid) {
  const EngineHandle engine = make_engine();
  const EngineHandle another = make_engine("scalar", 1);
  const GridHandle grid = tutorial_grid(100);
  const auto expected = compute(another, grid, {.max_iter = 100}).counts;
  std::vector<std::jthread> threads;
  for (int thread = 0; thread < 8; ++thread)
    threads.emplace_back([&, thread] {
      for (int repeat = 0; repeat < 10; ++repeat)
        EXPECT_EQ(compute(thread % 4 == 0 ? another : engine, grid, {.max_iter = 100}).counts,
                  expected);
    });
}

std::atomic<int> signals{0};

TEST(CApiThreads, TakeNoSignals) {
  struct sigaction counting{};
  counting.sa_handler = [](int) { ++signals; };
  struct sigaction before{};
  ASSERT_EQ(sigaction(SIGUSR1, &counting, &before), 0);
  sigset_t usr1;
  sigemptyset(&usr1);
  sigaddset(&usr1, SIGUSR1);
  const EngineHandle engine = make_engine();
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &usr1, nullptr), 0);
  kill(getpid(), SIGUSR1);  // now only a thread of the library could take it
  EXPECT_EQ(compute(engine, tutorial_grid(1000), {.max_iter = 1000}).status, MANDEL_OK);
  EXPECT_EQ(signals, 0);
  const timespec no_time{};
  EXPECT_EQ(sigtimedwait(&usr1, nullptr, &no_time), SIGUSR1) << "a thread of the library took it";
  pthread_sigmask(SIG_UNBLOCK, &usr1, nullptr);
  sigaction(SIGUSR1, &before, nullptr);
}

// In the child: what goes wrong first, 0 if all is well.
int child_of_fork(const EngineHandle& parents, const GridHandle& grid,
                  const std::vector<std::uint32_t>& expected) {
  if (compute(parents, grid, {.max_iter = 100}).status != MANDEL_BAD_ARGUMENT) return 1;
  if (compute(make_engine(), grid, {.max_iter = 100}).counts != expected) return 2;
  mandel_engine_free(parents.get());  // would wait for threads that are not there
  return 0;
}

TEST(CApiFork, TheChildMakesAnEngineOfItsOwn) {
#if defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "the thread sanitizer allows no threads after a fork";
#endif
  const EngineHandle engine = make_engine();
  const GridHandle grid = tutorial_grid(100);
  const auto expected = compute(engine, grid, {.max_iter = 100}).counts;
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) _exit(child_of_fork(engine, grid, expected));
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(compute(engine, grid, {.max_iter = 100}).counts, expected);
}

}  // namespace
}  // namespace mandel
