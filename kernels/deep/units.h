// How exact each kind of number is, and how it is got from the reference's: what the rungs of the
// ladder, which are one piece of code, need to know of the numbers that they are made of.
#pragma once

#include "kernels/deep/complex.h"
#include "kernels/deep/triple.h"

namespace mandel {

// The relative error of one operation, and of what is stored of the reference (times 1.02).
template <typename R>
inline constexpr double kUnit = 0x1p-53;
template <>
inline constexpr double kUnit<Pair> = 0x1p-103;
template <>
inline constexpr double kUnit<WidePair> = 0x1p-103;
template <>
inline constexpr double kUnit<Triple> = 0x1p-190;

// The numbers that a table is made with, so that its entries are rounded once, at the end, and not
// with each of a jump's steps.
template <typename R>
struct PreciseOf {
  using Type = Pair;
};
template <>
struct PreciseOf<Wide> {
  using Type = WidePair;
};
template <>
struct PreciseOf<WidePair> {
  using Type = WidePair;
};
template <>
struct PreciseOf<Triple> {
  using Type = Triple;
};
template <typename R>
using Precise = typename PreciseOf<R>::Type;

// Rounded. (Those without an exponent: 0 below 2^-1000.)
template <typename R>
R rounded(WidePair value);
template <>
inline double rounded<double>(WidePair value) {
  return rough(value.narrow());
}
template <>
inline Pair rounded<Pair>(WidePair value) {
  return value.narrow();
}
template <>
inline Wide rounded<Wide>(WidePair value) {
  return rough(value);
}
template <>
inline WidePair rounded<WidePair>(WidePair value) {
  return value;
}
template <>
inline Triple rounded<Triple>(WidePair value) {
  return Triple(value);
}

template <typename R>
R rounded(Pair value) {
  if constexpr (kIsWide<R>)
    return rounded<R>(WidePair(value, 0));
  else if constexpr (sizeof(R) == sizeof(double))
    return value.hi;
  else
    return value;
}

template <typename B>
B bound_of(Wide value);
template <>
inline double bound_of<double>(Wide value) {
  return value.narrow() + 0x1p-1000;  // what narrow() may have dropped
}
template <>
inline Wide bound_of<Wide>(Wide value) {
  return value;
}

}  // namespace mandel
