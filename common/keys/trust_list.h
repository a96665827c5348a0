// Whom a machine trusts, as a file that people edit: a worker's authorized_masters, a master's
// known_workers. Both have the same lines, and are read again when they change.
//
//   [ADDRESS] KEY [COMMENT]        # and lines that begin with #
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/small_file.h"
#include "common/net/address.h"

namespace mandel {

struct TrustList {
  struct Entry {
    std::optional<Address> address;  // where the key's owner listens
    std::string key;                 // public
  };
  std::vector<Entry> entries;
  std::vector<std::string> problems;  // of lines, or of the file: then there are no entries

  bool has(std::string_view key) const;
  // The key of whoever listens there, or null. Of two lines for an address the last holds.
  const std::string* key_at(const Address& address) const;
  // The key of the only line without an address, or null: nobody else can be meant.
  const std::string* only_key() const;
};

// A line that makes no sense is skipped, and named among the problems: one mistake must not lock
// out everybody else.
TrustList parse_trust_list(std::string_view text);

// The file of such a list. A file that is missing is no problem: nobody is trusted yet. A file that
// others can write, or that can't be read, trusts nobody.
class TrustFile {
 public:
  explicit TrustFile(std::string path) : path_(std::move(path)) { read(); }

  const std::string& path() const { return path_; }
  const TrustList& list() const { return list_; }
  // Reads it if it has changed; did it?
  bool refresh();
  // Adds a line at its end.
  Result<void> add(const Address& address, const std::string& key);

 private:
  void read();

  std::string path_;
  TrustList list_;
  std::optional<FileStamp> stamp_;
};

}  // namespace mandel
