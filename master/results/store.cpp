// See store.h.
#include "master/results/store.h"

#include <algorithm>

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
  auto file = LockedFile::open(place.path, LockedFile::Missing::kCreate);
  if (!file) return tl::unexpected(file.error());
  if (auto emptied = file->resize(0); !emptied) return tl::unexpected(emptied.error());
  return prepare(*std::move(file), place, size);
}

Result<Store> Store::open(const StorePlace& place, const PictureSize& size) {
  auto file = LockedFile::open(place.path, LockedFile::Missing::kCreate);
  if (!file) return tl::unexpected(file.error());
  return prepare(*std::move(file), place, size);
}

Result<Store> Store::temporary(const PictureSize& size) {
  auto file = LockedFile::temporary();
  if (!file) return tl::unexpected(file.error());
  return prepare(*std::move(file), {}, size);
}

Result<Store> Store::prepare(LockedFile file, const StorePlace& place, const PictureSize& size) {
  Store store(std::move(file), place, size);
  const std::uint64_t bytes = store.offset({size.rows, 0});
  Result<void> ready = store.file_.resize(bytes);
  if (ready) ready = store.file_.reserve(bytes);
  if (ready) ready = store.file_.write(0, std::as_bytes(std::span(store.header_)));
  if (!ready) return tl::unexpected(ready.error());
  return store;
}

Store::Store(LockedFile file, StorePlace place, const PictureSize& size)
    : file_(std::move(file)),
      place_(std::move(place)),
      header_(plain_header(place_.format, size)),
      columns_(size.columns) {}

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
  if (!place_.becomes.empty()) return file_.rename(place_.becomes);
  remove();
  return {};
}

}  // namespace mandel
