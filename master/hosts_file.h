// --hosts-file: a file that says which workers to use, and may be changed while they work. It is
// looked at five times a second; inotify would know at once, but not on the network file systems where
// such files are kept.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <vector>

#include "common/error.h"
#include "master/host_source.h"

namespace mandel {

// A host or an expression (desk[01-16]) a line; '#' begins a comment. The error names the line.
Result<std::vector<Address>> parse_hosts_file(std::string_view text);

class HostsFile final : public HostSource {
 public:
  // Reads it once; the error says what is wrong with it.
  static Result<std::unique_ptr<HostsFile>> open(std::string path);

  std::optional<std::vector<Address>> poll(Nanoseconds now) override;
  Nanoseconds next_timer() const override { return next_look_; }
  bool has_begun() const override { return true; }

 private:
  // What changes with the contents, whether they are written over or replaced.
  struct Stamp {
    dev_t device = 0;
    ino_t inode = 0;
    off_t bytes = 0;
    Nanoseconds written = 0;
    auto operator<=>(const Stamp&) const = default;
  };

  HostsFile(std::string path, Stamp stamp, std::vector<Address> hosts)
      : path_(std::move(path)), read_(stamp), seen_(stamp), hosts_(std::move(hosts)) {}
  static std::optional<Stamp> stamp_of(const std::string& path);

  const std::string path_;
  Stamp read_;
  Stamp seen_;
  std::optional<std::vector<Address>> hosts_;  // that nobody has been told of
  Nanoseconds next_look_ = 0;
  bool is_missing_ = false;
};

}  // namespace mandel
