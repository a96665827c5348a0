// Whose fault is it? Three answers, three kinds of check: our own bug aborts (MANDEL_ASSERT);
// illegal input from a peer costs that peer its session (PeerError); anything else that can be
// expected to fail is a value (Result). No exception crosses a daemon's loop.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <tl/expected.hpp>

namespace mandel {

// An expected failure, as a sentence for the user that says what to do.
struct Error {
  std::string what;
};

// A peer sent what the protocol forbids. The peer is dropped and counted; nobody else notices.
struct PeerError {
  std::string what;
};

template <typename T>
using Result = tl::expected<T, Error>;

template <typename T>
using FromPeer = tl::expected<T, PeerError>;

inline tl::unexpected<Error> fail(std::string what) {
  return tl::unexpected(Error{std::move(what)});
}

inline tl::unexpected<PeerError> blame_peer(std::string what) {
  return tl::unexpected(PeerError{std::move(what)});
}

}  // namespace mandel

// Stays on in release builds: a wrong picture is worse than a crash.
#define MANDEL_ASSERT(condition)                                                                  \
  do {                                                                                            \
    if (!(condition)) {                                                                           \
      std::fprintf(stderr, "mandel bug: %s is false at %s:%d\n", #condition, __FILE__, __LINE__); \
      std::abort();                                                                               \
    }                                                                                             \
  } while (false)
