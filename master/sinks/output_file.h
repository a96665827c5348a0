// A file that appears whole or not at all: written under a temporary name beside its target,
// renamed at the end. A job that fails half-way must not destroy yesterday's picture. Targets that
// are no regular files (a pipe, a device) are written as they are.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>

#include "common/error.h"

namespace mandel {

class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  std::FILE* stream() { return stream_; }
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> commit();

 private:
  OutputFile(std::string path, std::string temporary, std::FILE* stream)
      : path_(std::move(path)), temporary_(std::move(temporary)), stream_(stream) {}
  tl::unexpected<Error> failure(int error) const;

  std::string path_;
  std::string temporary_;  // empty: written in place
  std::FILE* stream_;
};

}  // namespace mandel
