// See fault.h.
#include "kernels/c_api/fault.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <system_error>

#include "kernels/deep_engine.h"
#include "kernels/device_error.h"

namespace mandel {

void write_sentence(std::string_view sentence, char* error, std::size_t error_bytes) noexcept {
  if (error == nullptr || error_bytes == 0) return;
  std::size_t length = std::min(sentence.size(), error_bytes - 1);
  // Not in the middle of a character: it may quote the caller's UTF-8.
  if (length < sentence.size())
    while (length > 0 && (static_cast<unsigned char>(sentence[length]) & 0xc0u) == 0x80u) --length;
  std::memcpy(error, sentence.data(), length);
  error[length] = '\0';
}

int tell_what_was_caught(char* error, std::size_t error_bytes) noexcept {
  const auto tell = [&](mandel_status status, const char* sentence) {
    write_sentence(sentence, error, error_bytes);
    return status;
  };
  try {
    throw;
  } catch (const Fault& fault) {
    return tell(fault.status(), fault.what());
  } catch (const DeviceError& failure) {
    return tell(MANDEL_DEVICE_FAILED, failure.what());
  } catch (const DeepError& failure) {
    return tell(MANDEL_UNPROVED, failure.what());
  } catch (const std::bad_alloc&) {
    return tell(MANDEL_NO_MEMORY, "there is not enough memory");
  } catch (const std::system_error&) {
    return tell(MANDEL_NO_MEMORY, "this process may not start so many threads");
  } catch (const std::exception& failure) {
    return tell(MANDEL_INTERNAL, failure.what());
  } catch (...) {
    return tell(MANDEL_INTERNAL, "an exception of unknown type");
  }
}

}  // namespace mandel
