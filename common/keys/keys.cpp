// See keys.h.
#include "common/keys/keys.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <span>
#include <unistd.h>
#include <utility>
#include <zmq.h>

#include "common/base/sha256.h"
#include "common/base/small_file.h"
#include "common/base/text.h"

namespace mandel {
namespace {

using Z85 = std::array<char, kKeyLength + 1>;

constexpr std::string_view kSecretWord = "secret";

std::string text_of(const Z85& key) { return {key.data(), kKeyLength}; }

std::string_view next_word(std::string_view& rest) {
  const auto begin = std::min(rest.find_first_not_of(" \t"), rest.size());
  const auto end = std::min(rest.find_first_of(" \t", begin), rest.size());
  const auto word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

// The line "secret KEY NAME" among comments.
Result<KeyPair> parse_key_pair(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (next_word(line) != kSecretWord) continue;
    KeyPair pair;
    pair.secret_key = next_word(line);
    pair.name = printable(std::string(next_word(line)));
    Z85 public_key{};
    if (is_key(pair.secret_key) &&
        zmq_curve_public(public_key.data(), pair.secret_key.c_str()) == 0) {
      pair.public_key = text_of(public_key);
      return pair;
    }
  }
  return fail("it has no line 'secret KEY NAME'");
}

}  // namespace

KeyPair make_key_pair(std::string name) {
  Z85 public_key{};
  Z85 secret_key{};
  MANDEL_ASSERT(zmq_curve_keypair(public_key.data(), secret_key.data()) == 0);
  return {text_of(public_key), text_of(secret_key), std::move(name)};
}

bool is_key(std::string_view text) {
  if (text.size() != kKeyLength) return false;
  std::array<std::uint8_t, 32> binary{};
  return zmq_z85_decode(binary.data(), std::string(text).c_str()) != nullptr;
}

std::string short_fingerprint(std::string_view public_key) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(public_key)));
  const std::string digest = hash.finish();
  const std::string_view d = digest;
  return fmt::format("{}-{}-{}-{}-{}", d.substr(0, 4), d.substr(4, 4), d.substr(8, 4),
                     d.substr(12, 4), d.substr(16, 4));
}

std::string public_line(const KeyPair& pair) {
  return fmt::format("{} {} {}", pair.public_key, pair.name, short_fingerprint(pair.public_key));
}

Result<KeyPair> read_key_pair(const std::string& path) {
  const auto file = read_small_file(path, 0077);
  if (!file) return tl::unexpected(file.error());
  if (!*file) return fail("there is no " + path);
  auto pair = parse_key_pair(**file);
  if (!pair) return fail(fmt::format("{} is no private key: {}", path, pair.error().what));
  return pair;
}

Result<void> write_key_pair(const std::string& path, const KeyPair& pair, std::string_view remark) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return fail(fmt::format("can't make {}: {}", path, std::strerror(errno)));
  const std::string text =
      fmt::format("# {}\n{} {} {}\n", remark, kSecretWord, pair.secret_key, pair.name);
  const bool is_written = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (close(fd) == 0 && is_written) return {};
  unlink(path.c_str());
  return fail(fmt::format("can't write {}: {}", path, std::strerror(errno)));
}

}  // namespace mandel
