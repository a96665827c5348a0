// How common a picture's counts are, so that colours go to those that it has. Deep in the set all
// counts may lie between 22,000 and 24,000: over the logarithm of the count such a picture has one
// colour. Not a histogram, whose bounds nobody knows beforehand: a sample of bounded size, which is
// all pixels of a small picture, and says the ranks of a large one to a thousandth.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mandel {

class CountRanks {
 public:
  // Of a picture with so many pixels.
  explicit CountRanks(std::uint64_t pixels);

  // Any number of pixels, following those before. Which of them are in the sample depends on their
  // place in the picture only, so that equal pictures get equal colours.
  void add(std::span<const std::uint32_t> counts);
  // All were added.
  void sort();

  // A number that grows with the count, from 0: evenly over the pixels, and where they are few
  // (near a minibrot the counts grow without bound) with the logarithm of the distance to the
  // least.
  double turns(std::uint32_t count) const;

  std::size_t sample_size() const { return sample_.size(); }

 private:
  std::uint64_t taken_;  // the share of pixels, in units of 2^-64
  std::uint64_t next_ = 0;
  std::vector<std::uint32_t> sample_;  // without zeros, which have no colour
};

}  // namespace mandel
