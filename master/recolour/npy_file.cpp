// See npy_file.h.
#include "master/recolour/npy_file.h"

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <optional>
#include <vector>

#include "common/base/decimal.h"
#include "common/base/text.h"
#include "common/wire/job.h"

namespace mandel {
namespace {

static_assert(std::endian::native == std::endian::little, "counts are read as '<u4'");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kPrefixBytes = 10;  // magic, version, length

// What NumPy's dictionary says; nothing stays open in one that was read.
struct Dictionary {
  std::optional<std::string_view> descr;
  std::optional<bool> is_fortran;
  std::optional<std::vector<std::uint64_t>> shape;
};

// Python's literals, as far as they stand in such a header. Each returns nothing, or false, if
// something else stands there.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  bool take(std::string_view token) {
    skip_blanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }
  std::optional<std::string_view> string() {
    for (const std::string_view quote : {"'", "\""})
      if (take(quote)) return until(quote);
    return std::nullopt;
  }
  std::optional<bool> boolean() {
    if (take("True")) return true;
    return take("False") ? std::optional(false) : std::nullopt;
  }
  std::optional<std::vector<std::uint64_t>> tuple() {
    if (!take("(")) return std::nullopt;
    std::vector<std::uint64_t> numbers;
    while (!take(")")) {
      if (!numbers.empty() && !take(",")) return std::nullopt;
      if (take(")")) break;
      skip_blanks();
      const std::string_view digits = rest_.substr(0, rest_.find_first_not_of("0123456789"));
      const auto number = decimal<std::uint64_t>(digits);
      if (!number) return std::nullopt;
      numbers.push_back(*number);
      rest_.remove_prefix(digits.size());
    }
    return numbers;
  }
  bool is_at_end() {
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\n"), rest_.size()));
  }
  std::optional<std::string_view> until(std::string_view quote) {
    const std::size_t end = rest_.find(quote);
    if (end == rest_.npos) return std::nullopt;
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }

  std::string_view rest_;
};

// Nothing if it is not as NumPy writes it.
std::optional<Dictionary> read_dictionary(std::string_view text) {
  HeaderReader reader(text);
  Dictionary said;
  if (!reader.take("{")) return std::nullopt;
  while (!reader.take("}")) {
    const auto key = reader.string();
    if (!key || !reader.take(":")) return std::nullopt;
    if (key == "descr") {
      said.descr = reader.string();
      if (!said.descr) return std::nullopt;
    } else if (key == "fortran_order") {
      said.is_fortran = reader.boolean();
      if (!said.is_fortran) return std::nullopt;
    } else if (key == "shape") {
      said.shape = reader.tuple();
      if (!said.shape) return std::nullopt;
    } else {
      return std::nullopt;
    }
    if (reader.take(",")) continue;
    if (reader.take("}")) break;
    return std::nullopt;
  }
  const bool is_whole = reader.is_at_end() && said.descr && said.is_fortran && said.shape;
  return is_whole ? std::optional(said) : std::nullopt;
}

constexpr const char* kConvert =
    "convert it in Python: numpy.save(NAME, numpy.ascontiguousarray(counts, dtype='<u4'))";

}  // namespace

Result<NpyHeader> read_npy_header(std::string_view bytes) {
  if (bytes.size() < kPrefixBytes || !bytes.starts_with(kMagic))
    return fail("is no .npy file: give counts as --output COUNTS.npy or numpy.save() writes them");
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(bytes[k]); };
  if (byte(6) != 1 || byte(7) != 0)
    return fail(fmt::format("is of .npy's format {}.{}, and only 1.0 is read: {}", byte(6), byte(7),
                            kConvert));
  const std::size_t length = byte(8) + std::size_t{256} * byte(9);
  const auto said = read_dictionary(bytes.substr(kPrefixBytes, length));
  if (bytes.size() < kPrefixBytes + length || !said)
    return fail("has a header that numpy does not write: is it cut short?");
  if (said->descr != "<u4")
    return fail(
        fmt::format("holds '{}', and counts are '<u4': {}", printable(*said->descr), kConvert));
  const auto& shape = *said->shape;
  if (shape.size() != 2)
    return fail(fmt::format("has {} dimensions, and a picture has rows and columns", shape.size()));
  if (*said->is_fortran) return fail(fmt::format("is stored column by column: {}", kConvert));
  if (std::ranges::any_of(shape, [](auto side) { return side == 0 || side > kSideMax; }))
    return fail(fmt::format("has {} rows of {} counts: both must be from 1 to {}", shape[0],
                            shape[1], kSideMax));
  return NpyHeader{kPrefixBytes + length, static_cast<std::uint32_t>(shape[0]),
                   static_cast<std::uint32_t>(shape[1])};
}

Result<NpyFile> NpyFile::open(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    const bool is_missing = error == std::errc::no_such_file_or_directory;
    return fail(path + (is_missing ? " does not exist" : " is not a regular file"));
  }
  File file(std::fopen(path.c_str(), "rbe"));
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (!file || error) return fail(fmt::format("can't read {}: {}", path, std::strerror(errno)));
  std::string head(kNpyHeadMax, '\0');
  head.resize(std::fread(head.data(), 1, head.size(), file.get()));
  const auto header = read_npy_header(head);
  if (!header) return fail(fmt::format("{} {}", path, header.error().what));
  const std::uintmax_t whole =
      header->bytes + std::uintmax_t{header->rows} * header->columns * sizeof(std::uint32_t);
  if (size != whole)
    return fail(fmt::format("{} has {} bytes, and its header speaks of {}: {}", path, size, whole,
                            size < whole ? "is it cut short?" : "what is behind its counts?"));
  return NpyFile(path, std::move(file), *header);
}

Result<void> NpyFile::read(std::uint32_t first_row, std::span<std::uint32_t> counts) {
  const std::size_t at =
      header_.bytes + std::size_t{first_row} * header_.columns * sizeof(std::uint32_t);
  if (fseeko(file_.get(), static_cast<off_t>(at), SEEK_SET) == 0 &&
      std::fread(counts.data(), sizeof(std::uint32_t), counts.size(), file_.get()) == counts.size())
    return {};
  const bool has_failed = std::ferror(file_.get()) != 0;
  return fail(fmt::format("can't read {}: {}", path_,
                          has_failed ? std::strerror(errno) : "it became shorter meanwhile"));
}

}  // namespace mandel
