// See hands.h. The plan's actions; hands.cpp has sessions and messages.
#include <chrono>
#include <fmt/format.h>

#include "tests/sim/counts.h"
#include "tests/sim/hands.h"
#include "tests/sim/trace.h"

namespace mandel::sim {

void Hands::feed(const Event& event) {
  if (is_finished_) return;
  ++events_;
  const auto began = std::chrono::steady_clock::now();
  const std::vector<Action> actions = plan_.on(event, timeline_.now());
  plan_ns_ +=
      std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - began).count();
  trace(event, actions);
  watch(event, actions);
  for (const Action& action : actions)
    std::visit([this](const auto& one) { execute(one); }, action);
  if (has_rest_ && (accepted_ >= scenario_.rest_after || plan_.waits_for_rest())) cut_rest();
}

// The plan's state is asked first: what it does wrong may be because of it.
void Hands::watch(const Event& event, const std::vector<Action>& actions) {
  if (!watching_.has_referee) return;
  if (const std::string wrong = watching_.asks_plan ? plan_.check() : ""; !wrong.empty())
    referee_.hear("the plan's own check: " + wrong, timeline_.now());
  referee_.watch(event, actions, timeline_.now());
}

void Hands::cut_rest() {
  has_rest_ = false;
  feed(
      event::RestCut{scenario_.chunks() - scenario_.opening, scenario_.opening + scenario_.window});
}

void Hands::trace(const Event& event, const std::vector<Action>& actions) {
  trace_ = mix(trace_, timeline_.now(), event);
  for (const Action& action : actions) trace_ = mix(trace_, action);
  if (!watching_.is_verbose) return;
  if (actions.empty() && std::holds_alternative<event::Tick>(event)) return;
  fmt::print("{:12.6f}  {}\n", seconds(timeline_.now()), in_words(event));
  for (const Action& action : actions) fmt::print("                  -> {}\n", in_words(action));
}

void Hands::execute(const action::Send& send) {
  const auto& [session, chunk, attempt] = send.grant;
  SimWorker& worker = *fleet_[worker_of_[session]];
  worker.link().send(Way::kToWorker,
                     [&worker, s = session, c = chunk, a = attempt] { worker.hear_task(s, c, a); });
}

void Hands::execute(const action::Cancel& cancel) {
  const auto& [session, chunk, attempt] = cancel.grant;
  SimWorker& worker = *fleet_[worker_of_[session]];
  worker.link().send(Way::kToWorker, [&worker, s = session, c = chunk, a = attempt] {
    worker.hear_cancel(s, c, a);
  });
}

void Hands::execute(const action::Acknowledge& acknowledge) {
  SimWorker& worker = *fleet_[worker_of_[acknowledge.session]];
  worker.link().send_surely(Way::kToWorker, [&worker, acknowledge] {
    worker.hear_acknowledge(acknowledge.session, acknowledge.chunk);
  });
}

void Hands::execute(const action::Keep& keep) { kept_[keep.chunk][keep.worker] = in_hand_->print; }

void Hands::execute(const action::Accept& accept) {
  kept_.erase(accept.chunk);
  ++in_memory_[accept.chunk];
  is_settled_[accept.chunk] = true;
  unusable_since_.reset();
  ++accepted_;
  if (scenario_.writes_in_order) {
    write();
    if (scenario_.place_of(accept.chunk) < written_) free_later(accept.chunk);
  } else {
    free_later(accept.chunk);
  }
}

// In order: one chunk at a time, each after all before it.
void Hands::write() {
  if (is_writing_ || written_ >= scenario_.chunks()) return;
  const ChunkId chunk = scenario_.chunk_at(written_);
  if (!is_settled_[chunk]) return;
  if (in_memory_[chunk] == 0) {
    ++written_;
    return write();
  }
  is_writing_ = true;
  const auto delay = random_.uniform(0, static_cast<double>(scenario_.writer_delay));
  timeline_.in(static_cast<Nanoseconds>(delay), [this, chunk] {
    is_writing_ = false;
    if (in_memory_[chunk] > 0) {
      --in_memory_[chunk];
      ++written_;
      feed(event::Freed{1});
    }
    write();
  });
}

void Hands::free_later(ChunkId chunk) {
  const auto delay = random_.uniform(0, static_cast<double>(scenario_.writer_delay));
  timeline_.in(static_cast<Nanoseconds>(delay), [this, chunk] {
    if (in_memory_[chunk] == 0) return;
    --in_memory_[chunk];
    feed(event::Freed{1});
  });
}

void Hands::execute(const action::Judge& judge) {
  event::Judged verdict{judge.chunk, {}};
  if (const auto it = kept_.find(judge.chunk); it != kept_.end())
    for (const auto& [worker, print] : it->second)
      if (print != honest_counts(judge.chunk)) verdict.liars.push_back(worker);
  const auto delay = random_.uniform(0, static_cast<double>(scenario_.writer_delay));
  timeline_.in(static_cast<Nanoseconds>(delay), [this, verdict] { feed(verdict); });
}

void Hands::execute(const action::Revoke& revoke) {
  is_settled_[revoke.chunk] = scenario_.place_of(revoke.chunk) < written_;
  if (in_memory_[revoke.chunk] == 0) return;  // written already, to be written again
  --in_memory_[revoke.chunk];
  timeline_.in(0, [this] { feed(event::Freed{1}); });
}

void Hands::execute(const action::Dismiss& dismiss) {
  for (Peer& peer : peers_) {
    if (peer.number != dismiss.worker) continue;
    peer.is_dismissed = true;
    peer.session = kNoSession;
    peer.is_ready = false;
  }
  for (auto& [chunk, counts] : kept_) counts.erase(dismiss.worker);
}

void Hands::execute(const action::SetAside& set_aside) {
  is_settled_[set_aside.chunk] = true;
  if (scenario_.writes_in_order) write();
}

void Hands::execute(const action::Finish&) {
  is_finished_ = true;
  finished_at_ = timeline_.now();
}

}  // namespace mandel::sim
