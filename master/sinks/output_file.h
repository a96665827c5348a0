// A file that appears whole or not at all. It is written in its target's folder without a name, or
// under a temporary one where the file system can't do that, and gets its name at the end. A job
// that fails half-way must not destroy yesterday's picture, and one that is killed must leave no
// rubbish. Targets that are no regular files (a pipe, a device) are written as they are.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mandel {

// Is there, or can there be, a regular file of this name?
bool is_regular_target(const std::string& path);

// The file that `path` means, through symbolic links, so that a link stays and its target is
// replaced.
std::string target_of(const std::string& path);

class OutputFile {
 public:
  static Result<OutputFile> create(const std::string& path);
  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();

  std::FILE* stream() { return stream_; }
  Result<void> write(std::span<const std::byte> bytes);
  Result<void> commit();
  // A file that is one text: writes and commits it.
  Result<void> deliver(std::string_view text);

 private:
  OutputFile(std::string path, std::string temporary, bool is_unnamed, std::FILE* stream)
      : path_(std::move(path)),
        temporary_(std::move(temporary)),
        is_unnamed_(is_unnamed),
        stream_(stream) {}
  bool give_name();
  tl::unexpected<Error> failure(int error) const;

  std::string path_;
  std::string temporary_;  // empty: written in place, or without a name
  bool is_unnamed_;
  std::FILE* stream_;
};

}  // namespace mandel
