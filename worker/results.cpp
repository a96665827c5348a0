// See results.h.
#include "worker/results.h"

#include <utility>

namespace mandel {

void KeptResults::keep(KeptResult result, Nanoseconds now) {
  const ChunkKey key = result.key();
  forget(key);
  bytes_ += result.bytes();
  by_key_[key] = by_age_.insert(by_age_.end(), {std::move(result), now});
  while (bytes_ > limits_.bytes || by_age_.size() > limits_.results) forget_oldest();
}

const KeptResult* KeptResults::find(const ChunkKey& key, const Job& job, std::uint32_t first_row,
                                    std::uint32_t rows) {
  const auto it = by_key_.find(key);
  if (it == by_key_.end()) return nullptr;
  const KeptResult& result = it->second->result;
  if (result.job == job && result.first_row == first_row && result.rows == rows) return &result;
  forget(it);
  return nullptr;
}

std::vector<const KeptResult*> KeptResults::of_job(std::uint64_t id, const Job& job) const {
  std::vector<const KeptResult*> results;
  for (auto it = by_key_.lower_bound({id, 0}); it != by_key_.end() && it->first.job == id; ++it)
    if (it->second->result.job == job) results.push_back(&it->second->result);
  return results;
}

void KeptResults::forget(const ChunkKey& key) {
  if (const auto it = by_key_.find(key); it != by_key_.end()) forget(it);
}

void KeptResults::forget_job(std::uint64_t id) {
  for (auto it = by_key_.lower_bound({id, 0}); it != by_key_.end() && it->first.job == id;)
    it = forget(it);
}

void KeptResults::expire(Nanoseconds now) {
  while (!by_age_.empty() && now - by_age_.front().kept > limits_.age) forget_oldest();
}

KeptResults::ByKey::iterator KeptResults::forget(ByKey::iterator it) {
  bytes_ -= it->second->result.bytes();
  by_age_.erase(it->second);
  return by_key_.erase(it);
}

void KeptResults::forget_oldest() { forget(by_age_.front().result.key()); }

}  // namespace mandel
