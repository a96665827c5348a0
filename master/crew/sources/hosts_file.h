// --hosts-file: a file that says which workers to use, and may be changed while they work. It is
// looked at five times a second; inotify would know at once, but not on the network file systems
// where such files are kept.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/base/small_file.h"
#include "master/crew/sources/host_source.h"

namespace mandel {

// A host or an expression (desk[01-16]) a line; '#' begins a comment. The lists of batch systems
// are such files: "n1 slots=4" is n1, and a host may stand there again for each core. The error
// names the line.
Result<std::vector<Address>> parse_hosts_file(std::string_view text);

class HostsFile final : public HostSource {
 public:
  // Reads it once; the error says what is wrong with it. A pipe is read to its end, and never
  // again.
  static Result<std::unique_ptr<HostsFile>> open(std::string path);

  std::optional<std::vector<Address>> poll(Nanoseconds now) override;
  Nanoseconds next_timer() const override { return is_stream_ ? INT64_MAX : next_look_; }
  bool has_begun() const override { return true; }
  bool may_change() const override { return !is_stream_; }
  std::string advice() const override;

 private:
  HostsFile(std::string path, bool is_stream, std::optional<FileStamp> stamp,
            std::vector<Address> hosts)
      : path_(std::move(path)),
        is_stream_(is_stream),
        names_nobody_(hosts.empty()),
        read_(stamp),
        seen_(stamp),
        hosts_(std::move(hosts)) {}

  const std::string path_;
  const bool is_stream_;
  bool names_nobody_;
  std::optional<FileStamp> read_;
  std::optional<FileStamp> seen_;
  std::optional<std::vector<Address>> hosts_;  // that nobody has been told of
  Nanoseconds next_look_ = 0;
  bool is_missing_ = false;
};

}  // namespace mandel
