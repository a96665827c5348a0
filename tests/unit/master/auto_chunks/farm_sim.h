// A farm in events, finer than the model that the choice uses: each lane claims rows as the pool's
// lanes do, each row has a cost of its own, the link carries tasks and results one after the other,
// and the plan's credit follows the workers' measured speed. It stands for the real farm, so that
// "within 5 % of the best" can be asked of every link and picture within a second.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include "kernels/lane_pool.h"
#include "master/auto_chunks/estimate.h"
#include "master/plan/policy.h"

namespace mandel::farm_sim {

struct Truth {
  std::uint32_t workers = 1;
  std::uint32_t lanes = 1;  // of each
  std::uint32_t columns = 500;
  double one_way_ns = 0;
  double ns_per_byte = 0;
  double bytes_per_pixel = 4;
  double head_bytes = 150;          // of a task, and of a result on top of its counts
  double own_ns = 15'000;           // the master's, for each result and for each task half of it
  double handover_ns = 20'000;      // from the worker's socket to a lane
  double flat_rows = 1;             // a claim of one row takes the time of so many more
  double jitter = 0;                // of each way and each claim, as a share of it
  std::uint32_t seed = 0;           // of the jitter
  std::vector<double> row_ns = {};  // lane time

  std::uint32_t credit_max() const { return 4 * lanes + 20; }
};

class Simulation {
 public:
  // What is left to do, once it can be told from the results that came.
  using CutRest = std::function<std::vector<Band>(const std::vector<Probe>& so_far)>;

  Simulation(const Truth& truth, const std::vector<Band>& bands) : truth_(truth) {
    workers_.resize(truth.workers);
    for (Worker& worker : workers_) worker.lanes_idle = truth.lanes;
    add(bands);
  }
  // Of the opening a worker may hold `share` chunks, whatever its speed.
  Simulation(const Truth& truth, const std::vector<Band>& opening, std::uint32_t share,
             CutRest cut_rest)
      : Simulation(truth, opening) {
    share_ = share;
    cut_rest_ = std::move(cut_rest);
  }

  double run() {
    deal();
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      now_ = event.when;
      event.act();
    }
    return now_;
  }

 private:
  struct Event {
    double when;
    std::uint64_t order;
    std::function<void()> act;
    bool operator>(const Event& other) const {
      return std::pair(when, order) > std::pair(other.when, other.order);
    }
  };
  struct Queued {
    std::size_t chunk;
    std::uint32_t unclaimed;
  };
  struct Worker {
    std::deque<Queued> queue;
    std::uint32_t unclaimed = 0;
    std::uint32_t lanes_idle = 0;
    std::uint32_t held = 0;
    double last_done = 0;
    double last_in = 0;   // when the latest task arrived
    double last_out = 0;  // when the latest result did
    double chunk_ns = 0;
    double lanes_ns = 0;
    Speed speed;
  };

  void add(const std::vector<Band>& bands) {
    bands_.insert(bands_.end(), bands.begin(), bands.end());
    probes_.resize(bands_.size());
    arrived_.resize(bands_.size());
    sent_.resize(bands_.size());
    for (const Band& band : bands) rows_left_.push_back(band.rows);
  }

  void deal() {
    for (bool is_any = true; is_any;) {
      is_any = false;
      for (std::uint32_t w = 0; w < truth_.workers; ++w) is_any |= send_next(w);
    }
  }

  void at(double when, std::function<void()> act) {
    events_.push({when, order_++, std::move(act)});
  }

  // By how much something takes longer this time.
  double luck() { return 1 + truth_.jitter * noise_(random_); }

  // When what leaves now arrives: never before what left earlier.
  double arrival(double& last, double leaves) {
    return last = std::max(last, leaves + truth_.one_way_ns * luck());
  }

  bool send_next(std::uint32_t w) {
    Worker& worker = workers_[w];
    const auto pending = static_cast<std::uint32_t>(bands_.size() - next_);
    double all = 0;
    for (const Worker& each : workers_) all += each.speed.rate;
    const Fleet fleet{truth_.workers, cut_rest_ ? UINT32_MAX : pending, 0, all, 0};
    const std::uint32_t usual = credit({truth_.lanes, truth_.credit_max()}, worker.speed, fleet);
    if (pending == 0 || worker.held >= std::max(usual, cut_rest_ ? share_ : 0)) return false;
    const std::size_t chunk = next_++;
    ++worker.held;
    master_free_ = std::max(master_free_, now_) + truth_.own_ns / 2;
    sent_[chunk] = master_free_;
    at(arrival(worker.last_in, master_free_ + truth_.head_bytes * truth_.ns_per_byte), [=, this] {
      arrived_[chunk] = now_;
      at(now_ + truth_.handover_ns, [=, this] {
        workers_[w].queue.push_back({chunk, bands_[chunk].rows});
        workers_[w].unclaimed += bands_[chunk].rows;
        while (claim(w)) {
        }
      });
    });
    return true;
  }

  bool claim(std::uint32_t w) {
    Worker& worker = workers_[w];
    if (worker.lanes_idle == 0 || worker.queue.empty()) return false;
    Queued& front = worker.queue.front();
    const std::size_t chunk = front.chunk;
    const std::uint32_t rows =
        std::min(front.unclaimed, guided_rows(std::uint64_t{worker.unclaimed} * truth_.columns,
                                              1.0 / truth_.lanes, truth_.columns));
    const std::uint32_t first = bands_[chunk].first_row + bands_[chunk].rows - front.unclaimed;
    front.unclaimed -= rows;
    worker.unclaimed -= rows;
    if (front.unclaimed == 0) worker.queue.pop_front();
    --worker.lanes_idle;
    double cost = 0;
    for (std::uint32_t row = first; row < first + rows; ++row) cost += truth_.row_ns[row];
    cost *= luck() * (1 + truth_.flat_rows * std::max(1.0 / rows - 1.0 / 16, 0.0));
    probes_[chunk].computed_ns += static_cast<Nanoseconds>(cost);
    at(now_ + cost, [=, this] {
      ++workers_[w].lanes_idle;
      rows_left_[chunk] -= rows;
      if (rows_left_[chunk] == 0) computed(w, chunk);
      while (claim(w)) {
      }
    });
    return true;
  }

  void computed(std::uint32_t w, std::size_t chunk) {
    const double bytes =
        truth_.head_bytes + truth_.bytes_per_pixel * bands_[chunk].rows * truth_.columns;
    link_free_ = std::max(link_free_, now_) + bytes * truth_.ns_per_byte;
    Probe& probe = probes_[chunk];
    probe.band = bands_[chunk];
    probe.pixels = std::uint64_t{bands_[chunk].rows} * truth_.columns;
    probe.bytes = static_cast<std::uint64_t>(bytes);
    probe.residence_ns = static_cast<Nanoseconds>(now_ - arrived_[chunk]);
    at(arrival(workers_[w].last_out, link_free_), [=, this] {
      probes_[chunk].round_trip_ns = static_cast<Nanoseconds>(now_ - sent_[chunk]);
      probes_[chunk].sent_ns = static_cast<Nanoseconds>(sent_[chunk]);
      probes_[chunk].master_ns = static_cast<Nanoseconds>(truth_.own_ns / 2);
      master_free_ = std::max(master_free_, now_) + truth_.own_ns / 2;
      at(master_free_, [=, this] { accepted(w, chunk); });
    });
  }

  // As the plan does: averages, over the time between results and over the lanes' own.
  void measure(Worker& worker, const Probe& probe) {
    const bool is_first = worker.chunk_ns == 0;
    worker.chunk_ns = smoothed(worker.chunk_ns, std::max(1.0, now_ - worker.last_done));
    worker.lanes_ns = smoothed(worker.lanes_ns, static_cast<double>(probe.computed_ns));
    worker.last_done = now_;
    const Nanoseconds wire_ns = probe.round_trip_ns - probe.residence_ns;
    worker.speed = {1 / worker.chunk_ns, truth_.lanes / std::max(1.0, worker.lanes_ns),
                    is_first ? wire_ns : std::min(wire_ns, worker.speed.wire_ns)};
  }

  void accepted(std::uint32_t w, std::size_t chunk) {
    Worker& worker = workers_[w];
    --worker.held;
    measure(worker, probes_[chunk]);
    while (send_next(w)) {
    }
    if (!cut_rest_) return;
    so_far_.push_back(probes_[chunk]);
    if (const std::vector<Band> rest = cut_rest_(so_far_); !rest.empty()) {
      cut_rest_ = {};
      add(rest);
      deal();
    }
  }

  const Truth& truth_;
  std::uint32_t share_ = 0;
  CutRest cut_rest_;  // until the rest is cut
  std::vector<Probe> so_far_;
  std::vector<Band> bands_;
  std::vector<Worker> workers_;
  std::vector<Probe> probes_;
  std::vector<double> arrived_;
  std::vector<double> sent_;
  std::vector<std::uint32_t> rows_left_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::size_t next_ = 0;
  std::uint64_t order_ = 0;
  std::mt19937 random_{truth_.seed};
  std::uniform_real_distribution<> noise_{0, 1};
  double now_ = 0;
  double master_free_ = 0;
  double link_free_ = 0;
};

}  // namespace mandel::farm_sim
