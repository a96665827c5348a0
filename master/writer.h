// Puts chunks, which come in any order, into the order of rows and gives them to the sinks, on a
// thread of its own: compressing a picture takes longer than computing it, and the loop must go on
// beating and handing out chunks meanwhile.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "common/wakeup.h"
#include "master/sinks/sink.h"
#include "master/verify.h"

namespace mandel {

class Writer {
 public:
  // Rings `progress` after every chunk written, and on failure.
  Writer(std::vector<std::unique_ptr<Sink>> sinks, std::uint32_t chunks, Wakeup& progress);
  // Without finish(), forgets what waits; the sinks leave no files.
  ~Writer();

  void put(std::uint32_t chunk, Counts counts);
  // All chunks below this one are written and out of memory.
  std::uint32_t written() const;
  std::optional<Error> error() const;
  // After all chunks were written: completes the files.
  Result<void> finish();

 private:
  void work();

  std::vector<std::unique_ptr<Sink>> sinks_;
  const std::uint32_t chunks_;
  Wakeup& progress_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::uint32_t, Counts> waiting_;
  std::uint32_t written_ = 0;
  bool is_closing_ = false;
  std::optional<Error> error_;
  std::jthread thread_;
};

}  // namespace mandel
