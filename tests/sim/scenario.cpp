// See scenario.h.
#include "tests/sim/scenario.h"

#include <algorithm>
#include <fmt/format.h>

#include "tests/sim/costs.h"
#include "tests/sim/random.h"

namespace mandel::sim {
namespace {

Nanoseconds some(Random& random, Nanoseconds low, Nanoseconds high) {
  return static_cast<Nanoseconds>(
      random.log_uniform(static_cast<double>(low), static_cast<double>(high)));
}

LinkSpec draw_link(Random& random, bool is_faulty) {
  LinkSpec link;
  link.delay = some(random, kMillisecond / 20, 30 * kMillisecond);
  link.jitter = random.chance(0.5) ? some(random, kMillisecond / 100, 20 * kMillisecond) : 0;
  if (is_faulty && random.chance(0.3)) link.loss = random.log_uniform(0.001, 0.2);
  if (is_faulty && random.chance(0.3)) link.doubling = random.log_uniform(0.001, 0.2);
  return link;
}

WorkerSpec draw_worker(Random& random, bool is_first, bool is_faulty, bool has_audit) {
  WorkerSpec worker;
  worker.capacity.lanes = random.chance(0.5) ? 1 : random.between(1, 8);
  worker.capacity.credit_max =
      random.chance(0.2) ? random.between(1, 4) : 2 * worker.capacity.lanes + random.below(20);
  worker.unacknowledged_max = random.between(1, 20);
  worker.computes_on = random.chance(0.5);
  worker.link = draw_link(random, is_faulty);
  if (is_first) return worker;
  worker.speed = random.log_uniform(0.02, 1);
  if (random.chance(0.2)) worker.joins = some(random, kMillisecond, 20 * kSecond);
  if (!is_faulty) return worker;
  if (random.chance(0.1)) worker.returns = random.chance(0.3) ? 1 : random.uniform(0, 0.3);
  if (has_audit && random.chance(0.2)) worker.lies = random.chance(0.5) ? 1 : random.uniform(0, 1);
  return worker;
}

void draw_curses(Random& random, Scenario& scenario) {
  scenario.curses.assign(scenario.chunks(), Curse::kNone);
  if (random.chance(0.2))
    for (std::uint32_t n = random.between(1, 2); n > 0; --n)
      scenario.curses[random.below(scenario.chunks())] = Curse::kKills;
  if (random.chance(0.2)) scenario.curses[random.below(scenario.chunks())] = Curse::kFails;
}

void draw_costs(Random& random, Scenario& scenario, std::uint32_t chunks) {
  const auto profile = static_cast<Profile>(random.below(3));
  double speed = 0;
  for (const WorkerSpec& worker : scenario.workers) speed += worker.speed * worker.capacity.lanes;
  const double mean =
      std::min(random.log_uniform(0.1, 40) * kSecond * speed / chunks, 5.0 * kSecond);
  for (const double cost : relative_costs(profile, chunks, random.log_uniform(5, 50)))
    scenario.costs.push_back(static_cast<Nanoseconds>(cost * mean) + 1000);
}

// One or two that are bad for good; the first is not.
void draw_bad(Random& random, Scenario& scenario) {
  const auto fleet = static_cast<std::uint32_t>(scenario.workers.size());
  for (std::uint32_t n = random.between(1, 2); n > 0 && fleet > 1; --n) {
    WorkerSpec& worker = scenario.workers[random.between(1, fleet - 1)];
    switch (random.below(3)) {
      case 0:
        worker.life = some(random, kSecond / 20, 20 * kSecond);
        worker.gap = some(random, kSecond / 50, 5 * kSecond);
        break;
      case 1:
        worker.hoard = static_cast<Hoard>(random.between(1, 3));
        break;
      default:
        worker.slows = random.uniform(1.05, 2);
    }
  }
}

// Nobody ends anything, so that only patience can end the job.
void draw_hopeless(Random& random, Scenario& scenario) {
  for (WorkerSpec& worker : scenario.workers) {
    worker.life = some(random, kSecond / 20, 2 * kSecond);
    worker.gap = some(random, kSecond / 50, 5 * kSecond);
    worker.speed = 1e-6;
    worker.lies = worker.returns = 0;
  }
  scenario.patience = 10 * kSecond;
}

// Those that are bad for good are all there is at first.
void draw_late(Random& random, Scenario& scenario) {
  const Nanoseconds first = some(random, kSecond, 60 * kSecond);
  for (WorkerSpec& worker : scenario.workers)
    if (!worker.is_bad()) worker.joins += first;
}

// Who comes by the lobby, and who is taken off the list for a while or for good.
void draw_comings(Random& random, Scenario& scenario) {
  const bool has_lobby = random.chance(0.4);
  const bool changes = random.chance(0.4);
  for (WorkerSpec& worker : scenario.workers) {
    const bool is_first = &worker == &scenario.workers.front();
    const bool is_true = worker.lies == 0 && worker.returns == 0;
    worker.dials_in = has_lobby && is_true && random.chance(0.5);
    if (!changes || worker.dials_in || !random.chance(0.4)) continue;
    worker.off_at = some(random, kSecond / 10, 20 * kSecond);
    if (is_first || random.chance(0.7))
      worker.back_at = worker.off_at + some(random, kSecond / 10, 10 * kSecond);
  }
}

}  // namespace

ChunkId Scenario::chunk_at(std::uint32_t place) const {
  if (place >= above + opening) return place;
  return place < above ? opening + place : place - above;
}

std::uint32_t Scenario::place_of(ChunkId chunk) const {
  if (chunk >= above + opening) return chunk;
  return chunk < opening ? above + chunk : chunk - opening;
}

std::uint32_t Scenario::cursed() const {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(curses, [](Curse curse) { return curse != Curse::kNone; }));
}

bool Scenario::has_crash_loop() const {
  return std::ranges::any_of(workers, [](const WorkerSpec& worker) { return worker.life > 0; });
}

bool Scenario::has_liars() const {
  return std::ranges::any_of(workers, [](const WorkerSpec& worker) { return worker.lies > 0; });
}

Scenario draw(std::uint64_t seed, const Overrides& overrides) {
  Random random(seed);
  Scenario scenario;
  scenario.seed = seed;
  const std::uint32_t fleet = overrides.workers.value_or(
      random.chance(0.3) ? random.between(1, 3) : random.between(1, random.chance(0.3) ? 40 : 10));
  const std::uint32_t chunks = overrides.chunks.value_or(
      random.chance(0.05) ? random.between(400, 3000)
                          : static_cast<std::uint32_t>(random.log_uniform(1, 400)));
  const bool is_faulty = random.chance(0.9);
  scenario.audit = random.chance(0.5) ? 0 : random.chance(0.6) ? 1 : random.uniform(0.01, 0.5);
  for (std::uint32_t w = 0; w < fleet; ++w)
    scenario.workers.push_back(draw_worker(random, w == 0, is_faulty, scenario.audit > 0));
  draw_costs(random, scenario, chunks);
  if (fleet > 1 && scenario.audit == 0 && random.chance(0.3))  // one that would never end
    scenario.workers[random.between(1, fleet - 1)].speed = random.log_uniform(1e-6, 1e-3);
  draw_curses(random, scenario);
  scenario.window = random.chance(0.3)   ? chunks
                    : random.chance(0.3) ? random.between(1, 3)
                                         : random.between(1, 4 + chunks / 2);
  if (random.chance(0.1))
    for (std::uint32_t chunk = 0; chunk < chunks; ++chunk)
      scenario.done.push_back(random.chance(0.5));
  scenario.faults_end = is_faulty ? some(random, kSecond, 60 * kSecond) : 0;
  scenario.fault_every = is_faulty ? some(random, kSecond / 5, 10 * kSecond) : 0;
  scenario.writer_delay = some(random, kMillisecond / 100, kSecond / 5);
  scenario.writes_in_order = random.chance(0.6);
  if (chunks > 1 && scenario.done.empty() && random.chance(0.3)) {
    scenario.opening = random.between(1, std::min(chunks - 1, 16u));
    scenario.rest_after = random.between(1, scenario.opening);
    scenario.above = random.between(0, chunks - scenario.opening);
  }
  // With dice of their own, so that a seed draws what it always drew, and this besides.
  Random more(seed ^ 0xbad);
  if (more.chance(0.5)) draw_bad(more, scenario);
  if (more.chance(0.3)) draw_comings(more, scenario);
  if (more.chance(0.3)) scenario.patience = 10 * kSecond;
  if (more.chance(0.02)) draw_hopeless(more, scenario);
  if (more.chance(0.1)) draw_late(more, scenario);
  return scenario;
}

Scenario crowd(std::uint32_t workers, std::uint32_t chunks) {
  Random random(1);
  Scenario scenario;
  for (std::uint32_t w = 0; w < workers; ++w) {
    WorkerSpec& worker = scenario.workers.emplace_back();
    worker.capacity = {1, 8};
    worker.speed = random.uniform(0.2, 1);
    worker.link.delay = kMillisecond / 10;
  }
  for (const double cost : relative_costs(Profile::kHump, chunks))
    scenario.costs.push_back(static_cast<Nanoseconds>(cost * 100 * kMillisecond));
  scenario.curses.assign(chunks, Curse::kNone);
  scenario.window = std::max(chunks / 4, 4 * workers);
  scenario.writer_delay = kMillisecond;
  return scenario;
}

std::string in_words(const Scenario& scenario) {
  return fmt::format(
      "{} workers ({} bad), {} chunks ({} cursed, {} to open), window {}, audit {:.2f}{}, {} s "
      "with "
      "a fault every {} s",
      scenario.workers.size(), std::ranges::count_if(scenario.workers, &WorkerSpec::is_bad),
      scenario.chunks(), scenario.cursed(), scenario.opening, scenario.window, scenario.audit,
      scenario.has_liars() ? " with liars" : "", seconds(scenario.faults_end),
      seconds(scenario.fault_every));
}

}  // namespace mandel::sim
