// Log lines that a peer can cause. All go through here, and none to spdlog itself, since a peer
// causes what it likes as often as it likes, and a full disk or a slow terminal is everybody's. The
// limit is the process's, as the log is.
#pragma once

#include <string>
#include <string_view>

namespace mandel {

enum class PeerLine { kDebug, kInfo, kWarning, kError };

// Each source has some lines at once, and then one a second; the next one says how many were left
// out. `source` is a peer's name, or "" for all that have none. "10.0.0.7#12" is 10.0.0.7's, which
// can come under as many numbers as it likes.
void log_of_peer(PeerLine level, std::string_view source, const std::string& text);

}  // namespace mandel
