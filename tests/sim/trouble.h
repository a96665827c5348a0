// What goes wrong and when: links, workers and the master itself, until the time of peace.
#pragma once

#include "tests/sim/hands.h"

namespace mandel::sim {

class Trouble {
 public:
  Trouble(Timeline& timeline, Random& random, const Scenario& scenario, Hands::Fleet& fleet,
          Hands& hands)
      : timeline_(timeline), random_(random), scenario_(scenario), fleet_(fleet), hands_(hands) {}

  void begin();
  bool is_over() const { return is_over_; }

 private:
  void strike_again();
  void strike();
  bool may_have_accident(WorkerId worker);
  void swizzle();
  void make_peace();
  Nanoseconds some(Nanoseconds low, Nanoseconds high);

  Timeline& timeline_;
  Random& random_;
  const Scenario& scenario_;
  Hands::Fleet& fleet_;
  Hands& hands_;
  std::map<ChunkId, std::uint32_t> accidents_;
  bool is_over_ = false;
};

}  // namespace mandel::sim
