// See happenings.h.
#include "master/live/happenings.h"

#include <utility>

namespace mandel {

std::uint32_t Happenings::add(Nanoseconds at, std::string_view kind, WorkerId worker,
                              std::string text) {
  kept_.push_back(std::make_shared<Happening>(
      Happening{++last_, at, kind, worker, std::move(text), /*version=*/0}));
  if (kept_.size() > kMax) kept_.pop_front();
  return last_;
}

// What was shown is shared with those who show it: another takes its place.
void Happenings::amend(std::uint32_t number, std::string text) {
  const std::uint32_t first = last_ + 1 - static_cast<std::uint32_t>(kept_.size());
  if (number < first) return;
  std::shared_ptr<Happening>& kept = kept_[number - first];
  kept = std::make_shared<Happening>(*kept);
  kept->text = std::move(text);
  kept->version = 0;
}

std::vector<std::shared_ptr<const Happening>> Happenings::show(std::uint64_t version) {
  for (const auto& kept : kept_)
    if (kept->version == 0) kept->version = version;
  return {kept_.begin(), kept_.end()};
}

}  // namespace mandel
