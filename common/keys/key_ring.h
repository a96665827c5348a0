// The folder of keys, which says who this machine is and whom it trusts. Both daemons and
// mandel-keygen use it. A worker's list is of masters, a master's of workers; otherwise the two are
// alike.
//
//   id                  this machine's private key
//   id.pub              its public line, to be copied to others
//   authorized_masters  keys that a worker admits
//   known_workers       keys that a master trusts
//   cluster.key         instead of all these: one private key that every machine has
#pragma once

#include <optional>
#include <string>

#include "common/keys/keys.h"
#include "common/keys/trust_list.h"
#include "common/net/address.h"

namespace mandel {

inline constexpr const char* kIdFile = "id";
inline constexpr const char* kIdPublicFile = "id.pub";
inline constexpr const char* kClusterFile = "cluster.key";
inline constexpr const char* kAuthorizedMasters = "authorized_masters";
inline constexpr const char* kKnownWorkers = "known_workers";

// What --keys is by default: $MANDEL_KEYS, which is for all three programs; else /etc/mandel/keys
// if this process may look into it; else the user's own.
std::string default_key_folder();

class KeyRing {
 public:
  enum class Role { kWorker, kMaster };

  // Is there a file that has to be one?
  static bool has_key(const std::string& folder);
  // Fails if there is no key, or one that others can read.
  static Result<KeyRing> open(const std::string& folder, Role role);

  // The cluster's pair where there is one, else this machine's.
  const KeyPair& own() const { return own_; }
  // Those that are trusted.
  const TrustFile& others() const { return others_; }
  // Is this the key of somebody trusted, at whatever address? The cluster's is.
  bool trusts(std::string_view key) const;
  bool trusts_nobody() const { return !is_cluster_ && others_.list().entries.empty(); }
  // The key that must be found at this address: that of the address' line; without one the
  // cluster's; without that, the key of the only line that has no address.
  Result<std::string> key_at(const Address& named, const Address& numeric) const;
  // Trusts this key from now on to be that of whoever listens there.
  Result<void> learn(const Address& named, const std::string& key) {
    return others_.add(named, key);
  }
  // Reads the list again if it has changed; did it?
  bool refresh() { return others_.refresh(); }

 private:
  KeyRing(Role role, KeyPair own, bool is_cluster, TrustFile others)
      : role_(role), own_(std::move(own)), is_cluster_(is_cluster), others_(std::move(others)) {}

  Role role_;
  KeyPair own_;
  bool is_cluster_;
  TrustFile others_;
};

// How a process speaks to others, as its command line says: with keys wherever another machine may
// be in between, unless it was told to use none.
struct Credentials {
  KeyRing::Role role;
  std::string folder = default_key_folder();
  bool is_insecure = false;
  bool accepts_new = false;  // keys that are not known yet, as workers offer them

  bool is_plain(const Address& numeric) const { return is_insecure || is_loopback(numeric); }
  // With `accepts_new`: if no key is known for this address, asks the worker that listens there for
  // its key, for up to a second.
  void meet(const Address& named, const Address& numeric) const;
  // Of a socket that dials this address. On this machine either is right: a worker may be plain,
  // but one that listens for other machines too speaks with keys only.
  Result<Security> towards(const Address& named, const Address& numeric) const;
  // Of a socket that listens there: what its Gate asks. Nothing: plain.
  Result<std::optional<KeyRing>> of_listener(const Address& numeric) const;

 private:
  Result<Curve> curve_towards(const Address& named, const Address& numeric) const;
};

}  // namespace mandel
