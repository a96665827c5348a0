// See quotient.h. Long division, as on paper.
#include "kernels/deep/quotient.h"

#include <string>
#include <string_view>

namespace mandel {
namespace {

// What is left over while dividing: digits, as wide as the divisor and one more.
class Remainder {
 public:
  explicit Remainder(std::string_view divisor)
      : divisor_(1, '0'), digits_(divisor.size() + 1, '0') {
    divisor_.append(divisor);
  }

  // Appends the dividend's next digit, and takes off the divisor as often as it goes.
  char next(char digit) {
    digits_.erase(0, 1).push_back(digit);
    char times = '0';
    for (; digits_ >= divisor_; ++times) subtract();
    return times;
  }
  bool is_zero() const { return digits_.find_first_not_of('0') == digits_.npos; }

 private:
  void subtract() {
    int borrowed = 0;
    for (std::size_t at = digits_.size(); at-- > 0;) {
      const int left = digits_[at] - divisor_[at] - borrowed;
      borrowed = left < 0 ? 1 : 0;
      digits_[at] = static_cast<char>('0' + left + 10 * borrowed);
    }
  }

  std::string divisor_;
  std::string digits_;
};

// Adds one to the last of some digits.
void increment(std::string& digits) {
  std::size_t at = digits.size();
  while (at > 0 && digits[at - 1] == '9') digits[--at] = '0';
  if (at == 0)
    digits.insert(0, 1, '1');
  else
    ++digits[at - 1];
}

}  // namespace

Decimal quotient(const Decimal& a, const Decimal& b, std::size_t digits) {
  if (a.is_zero()) return {};
  Decimal result{a.is_negative != b.is_negative, "", a.exponent - b.exponent};
  Remainder remainder(b.digits);
  std::string& found = result.digits;
  std::size_t taken = 0;
  // One digit more than wanted, which decides how to round.
  while (found.size() <= digits && (taken < a.digits.size() || !remainder.is_zero())) {
    const char digit = remainder.next(taken < a.digits.size() ? a.digits[taken] : '0');
    ++taken;
    if (!found.empty() || digit != '0') found.push_back(digit);
  }
  result.exponent += static_cast<std::int64_t>(a.digits.size()) - static_cast<std::int64_t>(taken);
  if (found.size() > digits) {
    const bool rounds_up = found.back() >= '5';
    found.pop_back();
    ++result.exponent;
    if (rounds_up) increment(found);
  }
  const std::size_t kept = found.find_last_not_of('0') + 1;
  result.exponent += static_cast<std::int64_t>(found.size() - kept);
  found.resize(kept);
  return result;
}

}  // namespace mandel
