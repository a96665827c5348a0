// Tells another program, line by line and while the job runs, which rows are done: for whoever
// shows or uses a picture before it is whole. Not the log, which leaves lines out where nobody
// reads them in time; and no sink, which gets rows from top to bottom only.
//
// Whoever reads a pipe with these lines is whom the job is for. A program that was killed can't
// stop what it has started: once it is gone, the job ends as by SIGTERM.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/base/error.h"
#include "master/chunks/chunking.h"
#include "master/stats/run_observer.h"

namespace mandel {

class BandLines final : public RunObserver {
 public:
  static Result<std::unique_ptr<BandLines>> open(const std::string& path);
  ~BandLines() override;

  // These rows are where the counts are kept, or are not to be trusted after all. Waits for the
  // reader; one thread at a time.
  Result<void> tell_done(const Band& band);
  Result<void> tell_revoked(const Band& band);

  // Sends this process SIGTERM, once, if nobody reads any more. From any thread.
  void watch_reader();
  bool wants_to_look() override { return true; }
  void look(const RunNow& /*now*/) override { watch_reader(); }

 private:
  BandLines(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  Result<void> write(std::string line);
  void end_job();

  const std::string path_;
  const int fd_;
  std::atomic<bool> has_ended_job_ = false;
};

}  // namespace mandel
