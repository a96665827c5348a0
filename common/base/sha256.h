// SHA-256, by which a whole picture's counts are compared with published figures. A thin holder
// over OpenSSL, which uses the CPU's SHA instructions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace mandel {

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  void update(std::span<const std::byte> bytes);
  // The digest as 64 lower-case hex digits. Call once, last.
  std::string finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of counts as row-major little-endian uint32, the fingerprint of a whole picture.
std::string counts_sha256(std::span<const std::uint32_t> counts);

// Can `text` be such a digest?
bool is_sha256(std::string_view text);

}  // namespace mandel
