// How a call of the library ends: with a code, and a sentence in the caller's buffer. Inside it
// throws like all C++; here is the one place where exceptions become codes, so that none can leave.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <string_view>

#include "kernels/c_api/mandel.h"

namespace mandel {

// What the caller did wrong, or what this machine can't do.
class Fault : public std::runtime_error {
 public:
  Fault(mandel_status status, const std::string& sentence)
      : std::runtime_error(sentence), status_(status) {}
  mandel_status status() const { return status_; }

 private:
  mandel_status status_;
};

// As much of it as there is room for, and always a zero; nothing if there is no buffer.
void write_sentence(std::string_view sentence, char* error, std::size_t error_bytes) noexcept;

// In a catch block: writes what was caught, and returns the code for it.
int tell_what_was_caught(char* error, std::size_t error_bytes) noexcept;

// Calls `body`, and catches all that it throws.
template <typename Body>
int guarded(char* error, std::size_t error_bytes, const Body& body) noexcept try {
  body();
  write_sentence("", error, error_bytes);
  return MANDEL_OK;
} catch (...) {
  return tell_what_was_caught(error, error_bytes);
}

// The argument, if it is not null.
template <typename Thing>
Thing& needed(Thing* argument, const char* name) {
  if (argument == nullptr) throw Fault(MANDEL_BAD_ARGUMENT, std::string(name) + " is null");
  return *argument;
}

}  // namespace mandel
