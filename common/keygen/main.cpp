// mandel-keygen: makes the keys by which machines know each other, and shows them. A program of its
// own rather than an option of the daemons: it writes into the folder that they only read.
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/text.h"
#include "common/keys/key_ring.h"
#include "common/program/cli.h"
#include "common/program/door.h"
#include "common/program/shared_options.h"
#include "common/program/streams.h"
#include "common/program/version.h"

namespace {

using namespace mandel;

struct Options {
  std::string folder = default_key_folder();
  std::string cluster;  // empty: this machine's own key
  bool shows = false;
};

constexpr const char* kExamples = R"(Examples:
  mandel-keygen                   make this machine's key, and print its public line
  mandel-keygen --show            print the public line again
  mandel-keygen --cluster lab     make one key for all machines, to be copied to each of them

The line goes into authorized_masters on each worker that is to serve this machine, and, with
this machine's address in front (desk1:5755 LINE), into known_workers on each master that is to
use it. Exit codes: 0 done, 2 bad usage, 5 a file or the line could not be written.)";

// The name of a cluster or a machine: one word, since files have it in a line of words.
std::string check_name(const std::string& name) {
  const bool is_word =
      !name.empty() && name.size() <= 64 && std::ranges::all_of(name, [](unsigned char c) {
        return std::isalnum(c) || c == '-' || c == '_' || c == '.';
      });
  return is_word ? "" : "give a name of letters, digits, '-', '_' and '.'";
}

Result<void> make_folder(const std::string& folder) {
  const mode_t before = umask(0077);  // the list inside says whom this machine trusts
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  umask(before);
  if (error) return fail(fmt::format("can't make {}: {}", folder, error.message()));
  return {};
}

// In place of what was there: were that a link, its target is none of ours.
Result<void> write_anew(const std::string& path, const std::string& text) {
  unlink(path.c_str());
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  const bool is_written =
      fd >= 0 && write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int error = errno;
  if (fd >= 0) close(fd);
  return is_written ? Result<void>()
                    : fail(fmt::format("can't write {}: {}", path, std::strerror(error)));
}

int show(const Options& options) {
  const auto ring = KeyRing::open(options.folder, KeyRing::Role::kMaster);
  if (!ring) return complain(ring.error(), kExitUsage);
  print_result(public_line(ring->own()) + "\n");
  return kExitDone;
}

int make_cluster_key(const Options& options) {
  const std::string path = options.folder + "/" + kClusterFile;
  const auto written = write_key_pair(
      path, make_key_pair(options.cluster),
      "Anyone who has this file can use every worker of the cluster, or pose as one. Keep it "
      "private.");
  if (!written) return complain(written.error(), kExitOutput);
  print_result(fmt::format(
      "Wrote {}. Copy it to the same folder on every machine of the cluster, and keep its mode "
      "(scp -p).\n",
      path));
  return kExitDone;
}

int make_id(const Options& options) {
  const std::string path = options.folder + "/" + kIdFile;
  const KeyPair pair = make_key_pair(host_name());
  const auto written = write_key_pair(
      path, pair, "Anyone who has this file can pose as this machine. Keep it private.");
  if (!written) return complain(written.error(), kExitOutput);
  const std::string public_path = options.folder + "/" + kIdPublicFile;
  if (const auto public_written = write_anew(public_path, public_line(pair) + "\n");
      !public_written)
    return complain(public_written.error(), kExitOutput);
  print_result(public_line(pair) + "\n");
  return kExitDone;
}

int generate(int argc, char** argv) {
  Options options;
  CLI::App app{"Makes the keys by which mandel-master and mandel-worker know each other."};
  app.name("mandel-keygen");
  app.footer(kExamples);
  const char* group = "The keys";
  add_keys_option(app, options.folder)->description("the folder that they are in")->group(group);
  auto* shows =
      app.add_flag("--show", options.shows, "print the public line of the key that is used")
          ->group(group);
  app.add_option("--cluster", options.cluster, "make one key for all machines of a cluster")
      ->type_name("NAME")
      ->check(check_name)
      ->excludes(shows)
      ->group(group);
  app.set_version_flag("--version", fmt::format("mandel-keygen {}", kVersion));
  if (const auto exit_code = parse(app, argc, argv)) return *exit_code;
  if (options.shows) return show(options);
  if (const auto made = make_folder(options.folder); !made)
    return complain(made.error(), kExitOutput);
  return options.cluster.empty() ? make_id(options) : make_cluster_key(options);
}

}  // namespace

int main(int argc, char** argv) { return run_program(generate, argc, argv); }
