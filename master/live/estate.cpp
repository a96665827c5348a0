// See estate.h.
#include "master/live/estate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <vector>

namespace mandel {
namespace {

constexpr std::size_t kNamedMax = 6;  // chunks, or runs of them, at each heir
constexpr std::size_t kHeirsMax = 4;

// From `chunks`, as many as follow each other without a gap.
std::size_t run_length(std::span<const ChunkId> chunks) {
  std::size_t length = 1;
  while (length < chunks.size() && chunks[length] == chunks[0] + length) ++length;
  return length;
}

}  // namespace

std::string count_chunks(std::size_t count) {
  return fmt::format("{} chunk{}", count, count == 1 ? "" : "s");
}

std::string name_chunks(std::span<const ChunkId> chunks) {
  std::vector<std::string> items;
  std::span<const ChunkId> rest = chunks;
  while (!rest.empty() && items.size() < kNamedMax) {
    const std::size_t length = run_length(rest);
    const std::size_t taken = length < 3 ? 1 : length;
    items.push_back(taken == 1 ? fmt::to_string(rest[0])
                               : fmt::format("{} to {}", rest[0], rest[taken - 1]));
    rest = rest.subspan(taken);
  }
  if (!rest.empty()) items.push_back(fmt::format("{} more", rest.size()));
  const std::string last = items.back();
  items.pop_back();
  return fmt::format("chunk{} {}{}{}", chunks.size() == 1 ? "" : "s", fmt::join(items, ", "),
                     items.empty() ? "" : " and ", last);
}

std::string in_words(const Estate& estate, const std::function<std::string(WorkerId)>& name) {
  std::map<WorkerId, std::vector<ChunkId>> chunks_of;  // those that wait come last
  for (const auto& [chunk, heir] : estate.heirs) chunks_of[heir].push_back(chunk);
  std::vector<std::string> clauses;
  std::size_t chunks_of_others = 0;
  for (const auto& [heir, chunks] : chunks_of) {
    const bool is_one = chunks.size() == 1;
    if (heir == kNobody)
      clauses.push_back(
          fmt::format("{} {} for another", name_chunks(chunks), is_one ? "waits" : "wait"));
    else if (clauses.size() < kHeirsMax)
      clauses.push_back(
          fmt::format("{} {} on at {}", name_chunks(chunks), is_one ? "goes" : "go", name(heir)));
    else
      chunks_of_others += chunks.size();
  }
  if (chunks_of_others > 0) clauses.push_back(fmt::format("{} more at others", chunks_of_others));
  std::string text = estate.said + '.';
  if (!clauses.empty()) text += fmt::format(" Its {}.", fmt::join(clauses, "; "));
  if (estate.revoked > 0)
    text += fmt::format(" {} of it {} computed again.", count_chunks(estate.revoked),
                        estate.revoked == 1 ? "is" : "are");
  return text;
}

}  // namespace mandel
