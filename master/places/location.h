// A place in the plane, as other programs' files describe it: by its centre and a zoom. Between
// their files and a job, so that neither knows the other. Not a view: it has no size yet.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/base/error.h"
#include "common/wire/job.h"
#include "kernels/deep/decimal.h"

namespace mandel {

struct Location {
  Decimal re;
  Decimal im;
  Decimal zoom;                           // above 0; at 1 the picture is 4 high
  std::optional<std::uint32_t> max_iter;  // nothing: the file doesn't say

  bool operator==(const Location&) const = default;
};

// How wide a picture of square pixels is there: a decimal of at most 60 digits.
std::string span_at(const Location& location, std::uint32_t columns, std::uint32_t rows);

// Where a job is. Of a DeepView all digits, so that the same view comes back. An error if the job
// is no view with square pixels, which is all that a zoom can say.
Result<Location> location_of(const Job& job);

}  // namespace mandel
