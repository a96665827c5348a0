// See band_lines.h.
#include "master/results/band_lines.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace mandel {

Result<std::unique_ptr<BandLines>> BandLines::open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return fail(fmt::format("can't write to {}: {}", path, std::strerror(errno)));
  return std::unique_ptr<BandLines>(new BandLines(path, fd));
}

BandLines::~BandLines() { close(fd_); }

Result<void> BandLines::tell_done(const Band& band) {
  return write(fmt::format(R"({{"first_row":{},"rows":{}}})", band.first_row, band.rows));
}

Result<void> BandLines::tell_revoked(const Band& band) {
  return write(
      fmt::format(R"({{"first_row":{},"rows":{},"revoked":true}})", band.first_row, band.rows));
}

Result<void> BandLines::write(std::string line) {
  line += '\n';
  for (std::string_view left = line; !left.empty();) {
    const ssize_t bytes = ::write(fd_, left.data(), left.size());
    if (bytes >= 0) {
      left.remove_prefix(static_cast<std::size_t>(bytes));
    } else if (errno == EPIPE) {
      end_job();
      return {};
    } else if (errno != EINTR) {
      return fail(fmt::format("--bands: can't write to {}: {}", path_, std::strerror(errno)));
    }
  }
  return {};
}

// A second signal might kill while files are tidied up.
void BandLines::end_job() {
  if (std::exchange(has_ended_job_, true)) return;
  spdlog::warn("--bands: nobody reads {} any more, so the job ends", path_);
  kill(getpid(), SIGTERM);
}

}  // namespace mandel
