// Counts that a job, or NumPy, kept as .npy: an array of two dimensions, read row by row where the
// file lies. It may be larger than memory. The header is a line of Python, of which only what NumPy
// writes is understood; what would need converting is refused, since NumPy does that better.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mandel {

// Where the counts are, and how many.
struct NpyHeader {
  std::size_t bytes = 0;  // before the first count
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
};

// Of the first bytes of a file: kNpyHeadMax, or all if there are less. An error is half a sentence
// about the file.
inline constexpr std::size_t kNpyHeadMax = 10 + 65535;
Result<NpyHeader> read_npy_header(std::string_view bytes);

class NpyFile {
 public:
  // Fails, too, if the file has more or less than its header says. Errors name the file.
  static Result<NpyFile> open(const std::string& path);

  std::uint32_t rows() const { return header_.rows; }
  std::uint32_t columns() const { return header_.columns; }
  // Whole rows from `first_row` on, as many as `counts` has room for.
  Result<void> read(std::uint32_t first_row, std::span<std::uint32_t> counts);

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  using File = std::unique_ptr<std::FILE, Close>;
  NpyFile(std::string path, File file, const NpyHeader& header)
      : path_(std::move(path)), file_(std::move(file)), header_(header) {}

  std::string path_;
  File file_;
  NpyHeader header_;
};

}  // namespace mandel
