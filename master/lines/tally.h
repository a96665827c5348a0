// Which chunks of a picture have come, and with what: results in any order, from any process, some
// of them twice. Pure: what becomes of the counts is reduce.cpp's.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "master/chunks/picture_size.h"
#include "master/lines/chunk_line.h"
#include "master/stats/outcome.h"

namespace mandel {

class Tally {
 public:
  // Of the picture that this line is of.
  explicit Tally(const ChunkLine& first);

  // Is it new? False: it came before, and was the same. An error is half a sentence about the line.
  tl::expected<bool, Unfinished> add(const ResultLine& result);
  // An error names what is missing.
  tl::expected<void, Unfinished> check_whole() const;

  const Job& job() const { return job_; }
  const Chunking& chunking() const { return chunking_; }
  const PictureSize& size() const { return size_; }
  const std::shared_ptr<const Axes>& axes() const { return axes_; }
  std::uint64_t sum() const { return sum_; }
  // A line for each host and kernel.
  std::string table() const;
  // docs/output.md names the keys. Nobody knows the counts' SHA-256 if it is empty.
  std::string json_text(Nanoseconds wall, const std::string& counts_sha256) const;

 private:
  struct Part {
    std::uint32_t chunks = 0;
    double computed_ms = 0;
  };

  tl::expected<void, Unfinished> check(const ResultLine& result) const;

  Job job_;
  std::shared_ptr<const Axes> axes_;
  PictureSize size_;
  Chunking chunking_;
  std::map<ChunkId, Fingerprint> prints_;
  std::map<std::pair<std::string, std::string>, Part> parts_;  // by host and kernel
  std::uint64_t sum_ = 0;
};

}  // namespace mandel
