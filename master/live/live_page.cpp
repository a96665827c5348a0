// See live_page.h.
#include "master/live/live_page.h"

#include <chrono>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <thread>
#include <utility>

#include "common/base/random.h"
#include "common/net/sleeper.h"
#include "master/live/live_text.h"
#include "master/live/page.h"

namespace mandel {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFreshWithin(300);  // the loop shows a state every 100 ms
constexpr Nanoseconds kReadersAtLeast = 200 * kMillisecond;
constexpr Nanoseconds kReadersIdle = 200 * kMillisecond;
constexpr Nanoseconds kReadersAtMost = 2 * kSecond;

HttpResponse bytes_of(std::string body) {
  return {.type = "application/octet-stream", .body = std::move(body)};
}

HttpResponse json_of(std::string body) {
  return {.type = "application/json", .body = std::move(body)};
}

}  // namespace

LivePage::LivePage(std::string instance, ColourMap colours)
    : instance_(std::move(instance)),
      colours_(std::move(colours)),
      rows_(colours_),
      recorder_([this] { return is_watched(); },
                [this](StatePtr state) { show(std::move(state)); }) {
  recorder_.begin({}, 0);
}

LivePage::~LivePage() = default;

Result<std::unique_ptr<LivePage>> LivePage::start(const Config& config) {
  std::unique_ptr<LivePage> page(
      new LivePage(fmt::format("{:016x}", random_number()), *ColourMap::make(config.rendering)));
  if (!config.save.empty()) {
    auto file = OutputFile::create(config.save);
    if (!file) return fail("--live-save: " + file.error().what);
    page->file_.emplace(*std::move(file));
  }
  if (config.address)
    if (const auto served = page->serve(config); !served) return tl::unexpected(served.error());
  return page;
}

Result<void> LivePage::serve(const Config& config) {
  HttpServer::Config served;
  served.option = "--live";
  served.text = *config.address;
  served.default_port = kDefaultPort;
  if (!config.is_public) served.token_for_others = random_token();
  served.handler = [this](const HttpRequest& request) { return answer(request); };
  const std::lock_guard lock(mutex_);  // whoever asks at once waits until it has begun
  auto server = HttpServer::start(std::move(served));
  if (!server) return tl::unexpected(server.error());
  server_ = *std::move(server);
  spdlog::info("watch at {}", server_->url());
  return {};
}

bool LivePage::is_watched() const {
  return server_ != nullptr && (server_->streams() > 0 || is_wanted_);
}

void LivePage::show(StatePtr state) {
  {
    const std::lock_guard lock(mutex_);
    state_ = std::move(state);
  }
  is_wanted_ = false;
  shown_.notify_all();
  if (server_) server_->notify();
}

LivePage::StatePtr LivePage::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

// Nobody may have looked for a while: then the loop is asked for one, and soon looks up.
LivePage::StatePtr LivePage::fresh_state() {
  std::unique_lock lock(mutex_);
  if (server_->streams() > 0 || state_->phase != "computing") return state_;
  const StatePtr old = state_;
  is_wanted_ = true;
  shown_.wait_for(lock, kFreshWithin, [&] { return state_ != old; });
  return state_;
}

HttpResponse LivePage::answer(const HttpRequest& request) {
  asked_ = steady_now();
  const std::uint64_t since = query_number(request, "since").value_or(0);
  const std::string& path = request.path;
  if (path == "/events") return events();
  if (path == "/") return {.type = "text/html; charset=utf-8", .body = served_page(*fresh_state())};
  if (path == "/page.css") return {.type = "text/css", .body = std::string(page_style())};
  if (path == "/page.js") return {.type = "text/javascript", .body = std::string(page_script())};
  if (path == "/favicon.ico") return {.status = 204};  // browsers ask for it unasked
  if (path == "/state") return json_of(state_json(*fresh_state(), instance_));
  const StatePtr state = this->state();
  if (path == "/rows") return rows_.answer(*state, since, asked_);
  if (path == "/lanes") {
    const bool is_job = query_value(request, "view") == "job";
    return bytes_of(
        lane_bytes(is_job ? state->lanes_job : state->lanes_minute, state->version, since));
  }
  if (path == "/happenings") return json_of(happenings_json(*state, since));
  if (path == "/sweep.svg" && state->sweep && state->sweep->plot)
    return {.type = "image/svg+xml", .body = *state->sweep->plot};
  if (path == "/save")
    return {.type = "text/html; charset=utf-8",
            .body = saved_page(*state, instance_, learnt_from(*state, colours_)),
            .headers = {{"Content-Disposition", "attachment; filename=\"mandel.html\""}}};
  return {.status = 404, .body = "the page is at /\n"};
}

HttpResponse LivePage::events() {
  return {.type = "text/event-stream",
          .next_event = [this, sent = std::uint64_t{0}]() mutable -> std::optional<std::string> {
            const StatePtr state = this->state();
            if (state->version == sent) return std::nullopt;
            sent = state->version;
            if (event_.first != sent)
              event_ = {sent, fmt::format("data: {}\n\n", state_json(*state, instance_))};
            return event_.second;
          }};
}

Result<void> LivePage::end(bool is_done, std::string sentence) {
  recorder_.set_phase(is_done ? "done" : "failed", std::move(sentence));
  if (server_ && server_->streams() > 0) wait_for_readers();
  if (!file_) return {};
  const StatePtr last = state();
  const std::string page = saved_page(*last, instance_, learnt_from(*last, colours_));
  auto written = file_->write(std::as_bytes(std::span(page)));
  return written ? file_->commit() : written;
}

// Until the browsers that look have fetched what the last state told of, or take too long.
void LivePage::wait_for_readers() const {
  const Nanoseconds began = steady_now();
  for (Nanoseconds now = began; now - began < kReadersAtMost; now = steady_now()) {
    if (now - began >= kReadersAtLeast && now - asked_ >= kReadersIdle) return;
    std::this_thread::sleep_for(milliseconds(20));
  }
}

void LivePage::stay(StopSignals& signals) {
  if (!server_) return;
  spdlog::info("the page stays at {} until Ctrl-C", server_->url());
  signals.hold();
  Sleeper sleeper;
  while (!signals.take()) {
    signals.watch(sleeper);
    sleeper.sleep(kSecond);
  }
}

}  // namespace mandel
