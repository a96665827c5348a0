// See key_ring.h.
#include "common/keys/key_ring.h"

#include <cstdlib>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "common/keys/first_contact.h"

namespace mandel {
namespace {

constexpr const char* kSystemFolder = "/etc/mandel/keys";

const char* list_of(KeyRing::Role role) {
  return role == KeyRing::Role::kWorker ? kAuthorizedMasters : kKnownWorkers;
}

bool is_file(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

}  // namespace

std::string default_key_folder() {
  if (const char* folder = std::getenv("MANDEL_KEYS"); folder != nullptr) return folder;
  if (access(kSystemFolder, R_OK | X_OK) == 0) return kSystemFolder;
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config != nullptr && *config != '\0')
    return std::string(config) + "/mandel";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "") + "/.config/mandel";
}

bool KeyRing::has_key(const std::string& folder) {
  return is_file(folder + "/" + kClusterFile) || is_file(folder + "/" + kIdFile);
}

Result<KeyRing> KeyRing::open(const std::string& folder, Role role) {
  const bool is_cluster = is_file(folder + "/" + kClusterFile);
  const std::string path = folder + "/" + (is_cluster ? kClusterFile : kIdFile);
  if (!is_file(path))
    return fail(fmt::format(
        "there is no key in {}: 'mandel-keygen' makes this machine's, 'mandel-keygen --cluster "
        "NAME' one for all machines; on a network that you trust, --insecure does without",
        folder));
  auto own = read_key_pair(path);
  if (!own) return tl::unexpected(own.error());
  return KeyRing(role, *std::move(own), is_cluster, TrustFile(folder + "/" + list_of(role)));
}

bool KeyRing::trusts(std::string_view key) const {
  return (is_cluster_ && key == own_.public_key) || others_.list().has(key);
}

Result<std::string> KeyRing::key_at(const Address& named, const Address& numeric) const {
  for (const Address& address : {named, numeric})
    if (const std::string* key = others_.list().key_at(address)) return *key;
  if (is_cluster_) return own_.public_key;
  if (const std::string* key = others_.list().only_key()) return *key;
  return fail(fmt::format(
      "it has a key that is not known: 'mandel-keygen --show' there prints a line; put "
      "it into {}, with {} in front{}",
      others_.path(), named.text(), role_ == Role::kMaster ? " (or let --accept-new do so)" : ""));
}

void Credentials::meet(const Address& named, const Address& numeric) const {
  if (!accepts_new || is_plain(numeric)) return;
  auto ring = KeyRing::open(folder, role);
  if (!ring || ring->key_at(named, numeric)) return;
  const auto learnt = offered_key(numeric).and_then([&](const std::string& key) {
    return ring->learn(named, key).map([&] { return short_fingerprint(key); });
  });
  if (learnt)
    spdlog::warn("{} is new: its key {} is trusted from now on, by {}", named.text(), *learnt,
                 ring->others().path());
  else
    spdlog::warn("{} is new: {}", named.text(), learnt.error().what);
}

Result<Curve> Credentials::curve_towards(const Address& named, const Address& numeric) const {
  const auto ring = KeyRing::open(folder, role);
  if (!ring) return fail("it can't be greeted: " + ring.error().what);
  return ring->key_at(named, numeric).map([&](const std::string& key) {
    return Curve{ring->own(), key};
  });
}

Result<Security> Credentials::towards(const Address& named, const Address& numeric) const {
  if (is_insecure) return Security{};
  auto curve = curve_towards(named, numeric);
  if (is_loopback(numeric)) return curve ? Security{*std::move(curve)} : Security{};
  if (!curve) return tl::unexpected(curve.error());
  return Security{*std::move(curve), false};
}

Result<std::optional<KeyRing>> Credentials::of_listener(const Address& numeric) const {
  if (is_plain(numeric)) return std::optional<KeyRing>();
  auto ring = KeyRing::open(folder, role);
  if (!ring) return tl::unexpected(ring.error());
  return *std::move(ring);
}

}  // namespace mandel
