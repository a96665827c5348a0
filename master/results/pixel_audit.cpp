// See pixel_audit.h.
#include "master/results/pixel_audit.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <pthread.h>
#include <random>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "kernels/deep/engine.h"
#ifdef MANDEL_HAVE_DEEP
#include "kernels/deep/oracle.h"
#endif

namespace mandel {
namespace {

constexpr Nanoseconds kBudget = kSecond;           // of CPU time
constexpr std::uint32_t kPixelsOfBudget = 10'000;  // at most
constexpr std::chrono::milliseconds kStopLook{50};

Nanoseconds thread_cpu() {
  timespec used{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return used.tv_sec * kSecond + used.tv_nsec;
}

// All places are as likely; some may come twice, and count once.
std::vector<std::uint64_t> places(std::uint64_t lot, std::uint32_t count, std::uint64_t pixels) {
  std::mt19937_64 numbers(lot);
  std::vector<std::uint64_t> order(count);
  for (std::uint64_t& place : order) place = numbers() % pixels;
  return order;
}

class AuditSink final : public Sink {
 public:
  explicit AuditSink(PixelAudit& audit) : audit_(audit) {}
  Result<void> rows(std::span<const std::uint32_t> counts) override { return audit_.take(counts); }
  Result<void> finish() override { return audit_.verdict(); }

 private:
  PixelAudit& audit_;
};

}  // namespace

std::unique_ptr<Sink> audit_sink(PixelAudit& audit) { return std::make_unique<AuditSink>(audit); }

PixelAudit::PixelAudit(Config config)
    : config_(std::move(config)),
      order_(places(config_.lot, config_.pixels.value_or(kPixelsOfBudget),
                    std::uint64_t{config_.view.columns} * config_.view.rows)) {
  for (const std::uint64_t place : order_) pixels_.emplace(place, Pixel{});
  thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

PixelAudit::~PixelAudit() = default;

void PixelAudit::computed_by(std::uint32_t first_row, std::uint32_t rows, std::string worker) {
  const std::lock_guard lock(mutex_);
  workers_.insert_or_assign(first_row, Rows{rows, std::move(worker)});
}

Result<void> PixelAudit::take(std::span<const std::uint32_t> counts) {
  {
    const std::lock_guard lock(mutex_);
    const std::uint64_t end = taken_ + counts.size();
    for (auto at = pixels_.lower_bound(taken_); at != pixels_.end() && at->first < end; ++at)
      at->second.claim = counts[at->first - taken_];
    taken_ = end;
  }
  return verdict();
}

bool PixelAudit::finish(const std::function<bool()>& is_called_off) {
  is_hurried_ = true;
  std::unique_lock lock(mutex_);
  while (!ended_.wait_for(lock, kStopLook, [this] { return has_ended_; }))
    if (is_called_off()) return false;
  return true;
}

Result<void> PixelAudit::verdict() const {
  const std::lock_guard lock(mutex_);
  for (const auto& [place, pixel] : pixels_)
    if (pixel.truth && pixel.claim && *pixel.truth != *pixel.claim)
      return fail(describe(place, pixel));
  return {};
}

std::string PixelAudit::describe(std::uint64_t place, const Pixel& pixel) const {
  const auto row = static_cast<std::uint32_t>(place / config_.view.columns);
  std::string worker = "an earlier run";
  if (auto after = workers_.upper_bound(row); after != workers_.begin()) {
    --after;
    if (row - after->first < after->second.rows) worker = after->second.worker;
  }
  return fmt::format(
      "--audit-pixels: the pixel in column {} of row {} has the count {}, but {} says {}; other "
      "counts may be wrong as well",
      place % config_.view.columns, row, *pixel.truth, worker, *pixel.claim);
}

std::uint32_t PixelAudit::compared() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(std::ranges::count_if(
      pixels_, [](const auto& one) { return one.second.truth && one.second.claim; }));
}

bool PixelAudit::wants_more(std::uint32_t asked) const {
  if (asked == order_.size()) return false;
  return config_.pixels || asked == 0 || (!is_hurried_ && thread_cpu() < kBudget);
}

#ifdef MANDEL_HAVE_DEEP
void PixelAudit::work(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "auditor");
  const ExactGrid grid(config_.view);
  for (std::uint32_t asked = 0; wants_more(asked) && !stop.stop_requested(); ++asked) {
    const std::uint64_t place = order_[asked];
    if (pixels_.at(place).truth) continue;  // (only this thread writes it)
    const auto column = static_cast<std::uint32_t>(place % config_.view.columns);
    const auto row = static_cast<std::uint32_t>(place / config_.view.columns);
    try {
      const OracleCount count = true_count(grid, column, row, config_.max_iter, stop);
      if (count.stopped) return;
      const std::lock_guard lock(mutex_);
      pixels_.at(place).truth = count.count;
    } catch (const DeepError&) {
      // The worker will say so, as no count of this point can be proved.
    }
  }
  {
    const std::lock_guard lock(mutex_);
    has_ended_ = true;
  }
  ended_.notify_one();
}
#else
void PixelAudit::work(const std::stop_token&) {
  const std::lock_guard lock(mutex_);
  has_ended_ = true;
}
#endif

}  // namespace mandel
