// Tells another program, line by line and while the job runs, which rows are done: for whoever
// shows or uses a picture before it is whole. Not the log, which leaves lines out where nobody
// reads them in time; and no sink, which gets rows from top to bottom only.
//
// Whoever reads a pipe with these lines is whom the job is for: once nobody does, it ends as by
// SIGTERM.
#pragma once

#include <memory>
#include <string>

#include "common/base/error.h"
#include "master/chunks/chunking.h"

namespace mandel {

class BandLines {
 public:
  static Result<std::unique_ptr<BandLines>> open(const std::string& path);
  ~BandLines();
  BandLines(const BandLines&) = delete;
  BandLines& operator=(const BandLines&) = delete;

  // These rows are where the counts are kept, or are not to be trusted after all. Waits for the
  // reader; one thread at a time. Sends this process SIGTERM, once, if there is none any more.
  Result<void> tell_done(const Band& band);
  Result<void> tell_revoked(const Band& band);

 private:
  BandLines(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  Result<void> write(std::string line);
  void end_job();

  const std::string path_;
  const int fd_;
  bool has_ended_job_ = false;
};

}  // namespace mandel
