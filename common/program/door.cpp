// See door.h.
#include "common/program/door.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fmt/format.h>
#include <new>
#include <system_error>
#include <zmq.hpp>

#include "common/program/cli.h"
#include "common/program/resources.h"
#include "common/program/streams.h"

namespace mandel {
namespace {

// Of a system call's error, where it means that something of the machine's is used up.
bool is_want(int error) {
  return error == EMFILE || error == ENFILE || error == ENOMEM || error == EAGAIN ||
         error == ENOSPC;
}

int complain_of_error(const char* what, int error) {
  if (!is_want(error)) return complain({fmt::format("unexpected error: {}", what)}, kExitFailure);
  return complain({fmt::format("{}; {}", what, limits_text(error))}, kExitWant);
}

// Of the exception that is being handled.
int complain_of_exception() try { throw; } catch (const Want& want) {
  return complain({want.what()}, kExitWant);
} catch (const std::bad_alloc&) {
  return complain({fmt::format("memory has run out; {}", limits_text(0))}, kExitWant);
} catch (const std::system_error& error) {
  return complain_of_error(error.what(), error.code().value());
} catch (const zmq::error_t& error) {
  return complain_of_error(error.what(), error.num());
} catch (const std::exception& error) {
  return complain_of_error(error.what(), 0);
}

// Results may be lost on the way out, and then "done" would be a lie. Other exit codes say more.
int settle(int exit_code) {
  if (const auto lost = take_print_failure()) {
    complain(*lost, kExitOutput);
    if (exit_code == kExitDone) exit_code = kExitOutput;
  }
  flush_messages();
  return exit_code;
}

// An exception on another thread: as if it had come out of main. Without one it is a bug of ours.
[[noreturn]] void end_by_exception() {
  if (std::current_exception() == nullptr) std::abort();
  const int exit_code = complain_of_exception();
  flush_messages();
  std::_Exit(exit_code);
}

}  // namespace

int run_program(int (*body)(int argc, char** argv), int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // write() fails instead, and can be told of
  std::signal(SIGXFSZ, SIG_IGN);
  std::set_terminate(end_by_exception);
  secure_streams();
  try {
    return settle(body(argc, argv));
  } catch (...) {
    return settle(complain_of_exception());
  }
}

void end_program(int exit_code) { std::_Exit(settle(exit_code)); }

}  // namespace mandel
