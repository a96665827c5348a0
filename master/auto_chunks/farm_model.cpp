// See farm_model.h.
#include "master/auto_chunks/farm_model.h"

#include <algorithm>
#include <deque>
#include <queue>
#include <utility>

#include "common/base/error.h"
#include "kernels/lane_pool.h"
#include "master/plan/policy.h"

namespace mandel {
namespace {

// Lane time of claims over that of 16 rows, in the ladder's views on one lane: 8 rows 1.03 to 1.15,
// 4 rows 1.05 to 1.6, 2 rows 1.3 to 2.1, a single one 1.6 to 4.3; about a row's time more for each.
constexpr double kTileRows = 16;
constexpr double kHeadBytes = 300;  // of a task and its result, the headers of TCP included

// What a chunk takes from the lane that begins it, besides its pixels: waking it, and a core that
// the loop needs to send the result. Where master and workers share two cores a sweep says 73 us of
// the wall time; with less, the choice goes beyond the counts that are good there.
constexpr double kHandover_ns = 100'000;

constexpr double kTakingShare = 0.7;  // of the master's own time for a chunk: at its result

struct ModelEvent {
  enum class Kind { kArrived, kClaimDone, kReceived };
  double when_ns = 0;
  Kind kind = Kind::kArrived;
  std::uint32_t worker = 0;
  std::uint32_t chunk = 0;
  std::uint32_t rows = 0;  // of the claim

  bool operator>(const ModelEvent& other) const { return when_ns > other.when_ns; }
};

struct Queued {
  std::uint32_t chunk = 0;
  std::uint32_t unclaimed = 0;  // rows
};

struct ModelWorker {
  std::deque<Queued> queue;
  std::uint32_t unclaimed = 0;  // rows, of all that are queued
  std::uint32_t idle_lanes = 0;
  std::uint32_t held = 0;
  double last_result_ns = 0;
  double chunk_ns = 0, lanes_ns = 0;  // from result to result, and lane time; 0: not known
  Speed speed;                        // as it has shown so far
};

// Where a chunk's time went.
struct Times {
  double sent_ns = 0;
  double arrived_ns = 0;
  double lanes_ns = 0;
  double computed_ns = 0;  // when
};

class ModelRun {
 public:
  ModelRun(const ModelFarm& farm, const Cut& cut, const RowCosts& costs)
      : farm_(farm), cut_(cut), costs_(costs), workers_(farm.workers), times_(cut.chunks.size()) {
    for (const Band& band : cut.chunks) rows_left_.push_back(band.rows);
    for (ModelWorker& worker : workers_) worker.idle_lanes = farm.lanes;
    known_ = cut.opening > 0 ? cut.opening : static_cast<std::uint32_t>(cut.chunks.size());
  }

  double wall_ns() {
    deal();
    while (!events_.empty()) {
      const ModelEvent event = events_.top();
      events_.pop();
      now_ns_ = event.when_ns;
      on(event);
    }
    return now_ns_;
  }

 private:
  bool has_rest() const { return known_ < cut_.chunks.size(); }

  // One chunk each in turn, as the plan deals.
  void deal() {
    for (bool is_any = true; is_any;) {
      is_any = false;
      for (std::uint32_t w = 0; w < farm_.workers; ++w) is_any |= send_next(w);
    }
  }

  void on(const ModelEvent& event) {
    ModelWorker& worker = workers_[event.worker];
    switch (event.kind) {
      case ModelEvent::Kind::kArrived:
        worker.queue.push_back({event.chunk, cut_.chunks[event.chunk].rows});
        worker.unclaimed += cut_.chunks[event.chunk].rows;
        times_[event.chunk].arrived_ns = now_ns_;
        break;
      case ModelEvent::Kind::kClaimDone:
        ++worker.idle_lanes;
        rows_left_[event.chunk] -= event.rows;
        if (rows_left_[event.chunk] == 0) reply(event);
        break;
      case ModelEvent::Kind::kReceived:
        --worker.held;
        measure(worker, times_[event.chunk]);
        while (send_next(event.worker)) {
        }
        if (has_rest() && ++received_ == cut_.needed) {
          known_ = static_cast<std::uint32_t>(cut_.chunks.size());
          deal();
        }
        return;
    }
    while (worker.idle_lanes > 0 && !worker.queue.empty()) claim(event.worker);
  }

  // As the plan does.
  void measure(ModelWorker& worker, const Times& times) {
    const double interval_ns =
        std::max(1.0, now_ns_ - std::exchange(worker.last_result_ns, now_ns_));
    worker.chunk_ns = smoothed(worker.chunk_ns, interval_ns);
    worker.lanes_ns = smoothed(worker.lanes_ns, std::max(1.0, times.lanes_ns));
    const auto wire_ns =
        static_cast<Nanoseconds>(times.arrived_ns - times.sent_ns + now_ns_ - times.computed_ns);
    Speed& speed = worker.speed;
    rate_ -= speed.rate;
    const Nanoseconds least_ns = speed.rate == 0 ? wire_ns : std::min(speed.wire_ns, wire_ns);
    speed = {1 / worker.chunk_ns, farm_.lanes / worker.lanes_ns, least_ns};
    rate_ += speed.rate;
  }

  bool send_next(std::uint32_t w) {
    ModelWorker& worker = workers_[w];
    const std::uint32_t pending = known_ - next_;
    const Fleet fleet{
        .workers = farm_.workers, .pending = has_rest() ? UINT32_MAX : pending, .rate = rate_};
    const std::uint32_t usual = credit({farm_.lanes, farm_.credit_max}, worker.speed, fleet);
    if (pending == 0 || worker.held >= std::max(usual, has_rest() ? cut_.share : 0)) return false;
    ++worker.held;
    master_free_ns_ = std::max(master_free_ns_, now_ns_) + farm_.own_ns;
    times_[next_].sent_ns = master_free_ns_;
    events_.push(
        {master_free_ns_ + farm_.latency_ns / 2, ModelEvent::Kind::kArrived, w, next_++, 0});
    return true;
  }

  void claim(std::uint32_t w) {
    ModelWorker& worker = workers_[w];
    Queued& front = worker.queue.front();
    const std::uint64_t pixels = std::uint64_t{worker.unclaimed} * cut_.columns;
    const std::uint32_t rows =
        std::min(front.unclaimed, guided_rows(pixels, 1.0 / farm_.lanes, cut_.columns));
    const Band& band = cut_.chunks[front.chunk];
    const Band claimed{band.first_row + band.rows - front.unclaimed, rows};
    const bool is_first = front.unclaimed == band.rows;
    const double lane_ns =
        costs_.lane_ns(claimed) * tile_factor(rows) + (is_first ? kHandover_ns : 0);
    times_[front.chunk].lanes_ns += lane_ns;
    events_.push({now_ns_ + lane_ns, ModelEvent::Kind::kClaimDone, w, front.chunk, rows});
    --worker.idle_lanes;
    worker.unclaimed -= rows;
    front.unclaimed -= rows;
    if (front.unclaimed == 0) worker.queue.pop_front();
  }

  void reply(const ModelEvent& done) {
    times_[done.chunk].computed_ns = now_ns_;
    const double pixels = static_cast<double>(cut_.chunks[done.chunk].rows) * cut_.columns;
    const double bytes = pixels * cut_.bytes_per_pixel + kHeadBytes;
    // The master, too, takes one result after the other, and then the wire waits for it.
    link_free_ns_ = std::max(link_free_ns_, now_ns_) + bytes * farm_.wire_ns_per_byte +
                    kTakingShare * farm_.own_ns;
    const double when = link_free_ns_ + farm_.latency_ns / 2;
    events_.push({when, ModelEvent::Kind::kReceived, done.worker, done.chunk, 0});
  }

  const ModelFarm& farm_;
  const Cut& cut_;
  const RowCosts& costs_;
  std::vector<ModelWorker> workers_;
  std::vector<std::uint32_t> rows_left_;  // by chunk
  std::vector<Times> times_;              // by chunk
  std::priority_queue<ModelEvent, std::vector<ModelEvent>, std::greater<>> events_;
  std::uint32_t known_ = 0;     // chunks
  std::uint32_t received_ = 0;  // of the opening
  std::uint32_t next_ = 0;      // chunk
  double rate_ = 0;             // of all workers
  double now_ns_ = 0;
  double master_free_ns_ = 0;
  double link_free_ns_ = 0;
};

}  // namespace

double tile_factor(std::uint32_t rows) { return 1 + std::max(1.0 / rows - 1 / kTileRows, 0.0); }

RowCosts::RowCosts(std::uint32_t rows, const std::function<double(std::uint32_t)>& ns_of_row)
    : sums_{0} {
  for (std::uint32_t row = 0; row < rows; ++row) sums_.push_back(sums_.back() + ns_of_row(row));
}

double RowCosts::lane_ns(const Band& band) const {
  return sums_[band.first_row + band.rows] - sums_[band.first_row];
}

double predict_wall_ns(const ModelFarm& farm, const Cut& cut, const RowCosts& costs) {
  MANDEL_ASSERT(farm.workers > 0 && farm.lanes > 0 && cut.columns > 0);
  return ModelRun(farm, cut, costs).wall_ns();
}

}  // namespace mandel
