// See peer_log.h.
#include "common/base/peer_log.h"

#include <fmt/format.h>
#include <mutex>
#include <spdlog/spdlog.h>

#include "common/base/rate_limit.h"

namespace mandel {
namespace {

constexpr std::int64_t kLinesAtOnce = 20;

spdlog::level::level_enum level_of(PeerLine level) {
  switch (level) {
    case PeerLine::kDebug:
      return spdlog::level::debug;
    case PeerLine::kInfo:
      return spdlog::level::info;
    case PeerLine::kWarning:
      return spdlog::level::warn;
    case PeerLine::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

}  // namespace

void log_of_peer(PeerLine level, std::string_view source, const std::string& text) {
  static std::mutex mutex;  // a master and the worker inside it have a loop each
  static RateLimits limits({kLinesAtOnce, kSecond});
  if (!spdlog::should_log(level_of(level))) return;
  const std::string_view machine = source.substr(0, source.find('#'));
  const auto unsaid = [&] {
    const std::lock_guard lock(mutex);
    return limits.pass(machine, steady_now());
  }();
  if (!unsaid) return;
  const std::string more =
      *unsaid > 0 ? fmt::format(" ({} lines before this one were left out)", *unsaid) : "";
  spdlog::log(level_of(level), "{}{}", text, more);
}

}  // namespace mandel
