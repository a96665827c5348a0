// What happened in a job, in sentences, the last few hundred of them: for the live page. The log
// has more, and everybody's; this is what someone who looks on wants to know. Pure.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "master/chunks/ids.h"

namespace mandel {

struct Happening {
  std::uint32_t number = 0;  // from 1
  Nanoseconds at = 0;        // since the job began
  std::string_view kind;     // a word for the page, of a literal
  WorkerId worker = kNobody;
  std::string text;
  std::uint64_t version = 0;  // of the state that it was told in first
};

class Happenings {
 public:
  static constexpr std::size_t kMax = 500;

  // Returns its number.
  std::uint32_t add(Nanoseconds at, std::string_view kind, WorkerId worker, std::string text);
  // More is known of it now. Nothing happens if it is forgotten.
  void amend(std::uint32_t number, std::string text);

  // As they are, oldest first, changes marked with this version.
  std::vector<std::shared_ptr<const Happening>> show(std::uint64_t version);

 private:
  std::deque<std::shared_ptr<Happening>> kept_;
  std::uint32_t last_ = 0;
};

}  // namespace mandel
