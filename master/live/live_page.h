// The live page as `--live` serves it and `--live-save` writes it: the recorder hears the loop, the
// server's thread answers browsers, and between them goes one state that nobody changes any more. A
// browser can neither hold up the loop nor see half of something.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "common/base/error.h"
#include "common/http/server.h"
#include "common/net/wakeup.h"
#include "master/colours/colour_map.h"
#include "master/live/recorder.h"
#include "master/live/row_answers.h"
#include "master/sinks/output_file.h"

namespace mandel {

class LivePage {
 public:
  static constexpr std::uint16_t kDefaultPort = 8755;

  struct Config {
    std::optional<std::string> address;  // HOST or HOST:PORT; nothing: it is not served
    bool is_public = false;              // without a token, though other machines can reach it
    std::string save;                    // the file at the end; empty: none
    Rendering rendering;                 // ColourMap::make() takes it
  };
  // Listens, opens the file, and says where the page is. Errors name the option.
  static Result<std::unique_ptr<LivePage>> start(const Config& config);
  ~LivePage();

  LiveRecorder& recorder() { return recorder_; }
  // The job is over, and this sentence says how. Whoever looks gets to see it; and the file is
  // written.
  Result<void> end(bool is_done, std::string sentence);
  // Serves on until a signal comes.
  void stay(StopSignals& signals);

 private:
  using StatePtr = std::shared_ptr<const LiveState>;

  LivePage(std::string instance, ColourMap colours);
  Result<void> serve(const Config& config);
  bool is_watched() const;
  void show(StatePtr state);
  StatePtr state() const;
  StatePtr fresh_state();
  HttpResponse answer(const HttpRequest& request);
  HttpResponse events();
  void wait_for_readers() const;

  const std::string instance_;
  const ColourMap colours_;
  mutable std::mutex mutex_;
  std::condition_variable shown_;
  StatePtr state_;
  std::atomic<bool> is_wanted_ = false;
  std::atomic<Nanoseconds> asked_ = 0;  // when, last
  // Of the server's thread.
  std::pair<std::uint64_t, std::string> event_;  // the newest, and its state's version
  RowAnswers rows_;

  std::optional<OutputFile> file_;
  LiveRecorder recorder_;
  std::unique_ptr<HttpServer> server_;  // goes first; null: only the file is wanted
};

}  // namespace mandel
