// See store.h.
#include "master/results/store.h"

#include <algorithm>
#include <fmt/format.h>

#include "common/wire/job.h"
#include "master/sinks/output_file.h"

namespace mandel {

std::optional<StorePlace> place_store(const std::vector<std::string>& outputs, bool is_resumable) {
  for (const std::string& path : outputs) {
    const auto format = plain_format_of(path);
    if (!format || !is_regular_target(path)) continue;
    const std::string target = target_of(path);
    return StorePlace{target + ".part", *format, target};
  }
  const auto first = std::ranges::find_if(outputs, is_regular_target);
  if (first == outputs.end() || !is_resumable) return std::nullopt;
  return StorePlace{target_of(*first) + ".counts.part", PlainFormat::kRaw, ""};
}

Result<Store> Store::create(const StorePlace& place, const PictureSize& size) {
  return open_as(place, size, false);
}

Result<Store> Store::open(const StorePlace& place, const PictureSize& size) {
  return open_as(place, size, true);
}

Result<Store> Store::open_as(const StorePlace& place, const PictureSize& size, bool is_kept) {
  auto file = LockedFile::open(place.path, LockedFile::Missing::kCreate);
  if (!file) return tl::unexpected(file.error());
  Store store(*std::move(file), place, size);
  if (auto left = store.check_left(); !left) return tl::unexpected(left.error());
  Result<void> ready = is_kept ? Result<void>() : store.file_.resize(0);
  if (ready) ready = store.prepare();
  if (ready) return store;
  if (!is_kept || store.file_.is_new()) store.remove();
  return tl::unexpected(ready.error());
}

Result<Store> Store::temporary(const PictureSize& size) {
  auto file = LockedFile::temporary();
  if (!file) return tl::unexpected(file.error());
  Store store(*std::move(file), {}, size);
  if (auto ready = store.prepare(); !ready) return tl::unexpected(ready.error());
  return store;
}

// Somebody's notes of the same name must not be written over. Counts say nothing of themselves; but
// a store has its whole length from the beginning, and what a crash cuts off are whole counts.
Result<void> Store::check_left() const {
  const std::uint64_t left = file_.size();
  if (left == 0) return {};
  std::string head(std::min<std::uint64_t>(left, header_.size()), '\0');
  if (auto read = file_.read(0, std::as_writable_bytes(std::span(head))); !read) return read;
  if (left <= bytes_ && (bytes_ - left) % sizeof(std::uint32_t) == 0 && header_.starts_with(head))
    return {};
  return fail(
      fmt::format("{} is there already, and not left from such a job: move it away", file_.path()));
}

// The header first: who is killed in between leaves a store that check_left() knows.
Result<void> Store::prepare() {
  auto ready = file_.check_room(bytes_);
  if (ready) ready = file_.write(0, std::as_bytes(std::span(header_)));
  if (ready) ready = file_.reserve(bytes_);
  return ready;
}

Store::Store(LockedFile file, StorePlace place, const PictureSize& size)
    : file_(std::move(file)),
      place_(std::move(place)),
      header_(plain_header(place_.format, size)),
      columns_(size.columns),
      bytes_(offset({size.rows, 0})) {}

std::uint64_t Store::offset(const Band& band) const {
  return header_.size() + std::uint64_t{band.first_row} * columns_ * sizeof(std::uint32_t);
}

Result<void> Store::write(const Band& band, std::span<const std::uint32_t> counts) {
  MANDEL_ASSERT(counts.size() == std::uint64_t{band.rows} * columns_);
  return file_.write(offset(band), std::as_bytes(counts));
}

Result<void> Store::read(const Band& band, std::span<std::uint32_t> counts) const {
  MANDEL_ASSERT(counts.size() == std::uint64_t{band.rows} * columns_);
  return file_.read(offset(band), std::as_writable_bytes(counts));
}

Result<void> Store::spoil(const Band& band) {
  constexpr std::uint32_t kNoCount = UINT32_MAX;
  static_assert(kNoCount > kIterMax);
  return file_.write(offset(band), std::as_bytes(std::span(&kNoCount, 1)));
}

Result<void> Store::complete() {
  if (!is_output()) {
    remove();
    return {};
  }
  std::string head(header_.size(), '\0');
  if (auto read = file_.read(0, std::as_writable_bytes(std::span(head))); !read) return read;
  if (!is_in_place() || file_.size() != bytes_ || head != header_)
    return fail(fmt::format("somebody else has changed {}", file_.path()));
  return file_.rename(place_.becomes);
}

}  // namespace mandel
