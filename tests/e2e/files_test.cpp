// What happens to files: none is lost, none of somebody else's is touched, and nothing is left that
// is of no use.
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "long_job.h"
#include "shell.h"

namespace mandel::e2e {
namespace {

namespace fs = std::filesystem;

const char* const kSmallJob = "$m --tutorial-size 100 ";
const std::string kNotes = "notes of somebody else\n";

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

class Files : public testing::Test {
 protected:
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir_.path("")))
      names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
  }
  // In the folder.
  ShellRun run(const std::string& script) const {
    return shell(fmt::format("cd {}; {}", dir_.path(""), script));
  }
  using Names = std::vector<std::string>;

  const TempDir dir_;
};

TEST_F(Files, OneFileInTwoRolesIsRefused) {
  write_file(dir_.path("hosts"), "127.0.0.1:1\n");
  write_file(dir_.path("master.toml"), "patience = 1\n");
  ASSERT_EQ(symlink("hosts", dir_.path("link").c_str()), 0);
  ASSERT_EQ(link(dir_.path("hosts").c_str(), dir_.path("hard").c_str()), 0);
  const Names before = names();
  for (const char* options :
       {"--output a.png --json a.png", "--output a.png --json ./a.png",
        "--output a.png --output a.png", "--json a.json --trace a.json",
        "--output a.png --json a.png.journal", "--output a.npy --trace a.npy.part",
        "--hosts-file hosts --json hosts", "--hosts-file hosts --json link",
        "--hosts-file hosts --trace hard", "--config master.toml --json master.toml",
        "--json out >out", "--json out 2>out"}) {
    const ShellRun refused = run(kSmallJob + std::string(options));
    EXPECT_EQ(refused.status, 2) << options;
    EXPECT_EQ(file_text(dir_.path("hosts")), "127.0.0.1:1\n");
    fs::remove(dir_.path("out"));
    EXPECT_EQ(names(), before) << options;
  }
  EXPECT_EQ(run("$m sweep --hosts-file report/sweep.csv --report report; "
                "mkdir report; echo 127.0.0.1:1 >report/sweep.csv; "
                "$m sweep --hosts-file report/sweep.csv --report report")
                .status,
            2);
  EXPECT_EQ(run("$m doctor --hosts-file hosts --json hosts").status, 2);
  EXPECT_EQ(run(kSmallJob + std::string("--json /dev/null --trace /dev/null")).status, 0);
}

TEST_F(Files, WhatIsNotOursIsLeftAlone) {
  for (const char* name : {"p.png.journal", "p.png.counts.part"}) {
    write_file(dir_.path(name), kNotes);
    const ShellRun refused = run(kSmallJob + std::string("--output p.png"));
    EXPECT_TRUE(refused.status == 2 || refused.status == 5) << refused.status;
    EXPECT_NE(refused.err.find(name), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("move it away"), std::string::npos) << refused.err;
    EXPECT_EQ(file_text(dir_.path(name)), kNotes);
    EXPECT_EQ(names(), Names{name});
    fs::remove(dir_.path(name));
  }
}

TEST_F(Files, LinksAreNotFollowedWhereOurOwnFilesGo) {
  for (const char* name : {"p.png.journal", "p.png.counts.part"}) {
    for (const char* how : {"ln -s", "ln"}) {
      write_file(dir_.path("theirs"), "");
      run(fmt::format("{} theirs {}", how, name));
      const ShellRun refused = run(kSmallJob + std::string("--output p.png"));
      EXPECT_TRUE(refused.status == 2 || refused.status == 5) << how << name;
      EXPECT_EQ(fs::file_size(dir_.path("theirs")), 0u);
      fs::remove(dir_.path(name));
      EXPECT_EQ(names(), Names{"theirs"});
    }
  }
}

TEST_F(Files, OfAnotherUserAreLeftAlone) {
  if (geteuid() != 0) GTEST_SKIP() << "only root gives files away";
  write_file(dir_.path("p.png.journal"), "");
  ASSERT_EQ(chown(dir_.path("p.png.journal").c_str(), 12345, 12345), 0);
  const ShellRun refused = run(kSmallJob + std::string("--output p.png"));
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("belongs to another user (number 12345)"), std::string::npos)
      << refused.err;
}

// Also one to a file that is not there yet.
TEST_F(Files, AnOutputThatIsALinkStaysOne) {
  fs::create_directory(dir_.path("disk"));
  for (const char* name : {"p.npy", "p.png"}) {
    fs::create_symlink(fs::path("disk") / name, dir_.path(name));
    EXPECT_EQ(run(fmt::format("{} --output {}", kSmallJob, name)).status, 0);
    EXPECT_TRUE(fs::is_symlink(dir_.path(name)));
    EXPECT_GT(fs::file_size(dir_.path("disk/" + std::string(name))), 500u);
  }
  EXPECT_EQ(names(), (Names{"disk", "p.npy", "p.png"}));
}

TEST_F(Files, ADiskThatIsTooSmallIsNoticedFirstAndNotFilled) {
  const std::string script =
      "mkdir disk; unshare -m bash -c 'mount -t tmpfs -o size=4m none disk || exit 77; "
      "\"$0\" --size 2000x2000 --output disk/p.png; echo $? >status; ls disk >left; "
      "df --output=used disk | tail -1 >used' $m; rc=$?; rmdir disk; exit $rc";
  const ShellRun small = run(script);
  if (small.status != 0) GTEST_SKIP() << "no file system can be mounted here: " << small.err;
  EXPECT_EQ(file_text(dir_.path("status")), "5\n") << small.err;
  EXPECT_EQ(file_text(dir_.path("left")), "");
  EXPECT_NE(small.err.find("needs 16.0 MB, and 4.19 MB are free"), std::string::npos) << small.err;
}

TEST_F(Files, ALimitOnTheSizeOfFilesLeavesNothing) {
  for (const char* name : {"p.npy", "p.png", "p.pgm"})
    for (const char* more : {"", "--no-journal"}) {
      const ShellRun refused =
          run(fmt::format("ulimit -f 8; $m --size 300x300 --output {} {}", name, more));
      EXPECT_EQ(refused.status, 5) << name << refused.err;
      EXPECT_EQ(names(), Names{}) << name << more;
    }
}

TEST_F(Files, AReportThatCanNotBeWrittenCostsNoMeasuring) {
  write_file(dir_.path("file"), kNotes);
  for (const char* folder : {"file", "file/report", "/proc/report"}) {
    const ShellRun refused =
        run(fmt::format("$m sweep --hosts 127.0.0.1:1 --patience 60 --report {}", folder));
    EXPECT_EQ(refused.status, 5) << folder << refused.err;
    EXPECT_NE(refused.err.find("--report"), std::string::npos) << refused.err;
  }
  for (const char* option : {"sweep --report", "--json", "--trace", "--resume", "--output"})
    EXPECT_EQ(run(fmt::format("$m {} ''", option)).status, 2) << option;
  EXPECT_EQ(run("$m sweep --hosts 127.0.0.1:1 --patience 0.1 --report a/b").status, 4);
  EXPECT_EQ(run("$m doctor --hosts 127.0.0.1:1 --json /nowhere/at/all.json").status, 5);
  EXPECT_EQ(names(), Names{"file"}) << "nothing was measured";
}

TEST_F(Files, AnInterruptedSweepKeepsWhatItMeasured) {
  const Worker worker(kSlowly);
  Process sweep(master_command({"sweep", "--hosts", worker.address(), "--chunks", "4,8,16",
                                "--repeat", "1000", "--report", dir_.path("report")}));
  ASSERT_TRUE(sweep.prints_error("run 2 of 3000")) << sweep.err();
  sweep.signal(SIGTERM);
  EXPECT_EQ(sweep.wait(), 130);
  EXPECT_NE(sweep.err().find("of 3000 runs"), std::string::npos) << sweep.err();
  EXPECT_NE(sweep.out().find("fastest"), std::string::npos) << sweep.out();
  EXPECT_TRUE(nlohmann::json::accept(file_text(dir_.path("report/sweep.json"))));
}

TEST_F(Files, APublicKeyReplacesALinkAndNotWhatItMeans) {
  write_file(dir_.path("theirs"), kNotes);
  fs::create_symlink("theirs", dir_.path("id.pub"));
  EXPECT_EQ(run("$keygen --keys .").status, 0);
  EXPECT_EQ(file_text(dir_.path("theirs")), kNotes);
  EXPECT_FALSE(fs::is_symlink(dir_.path("id.pub")));
}

TEST_F(Files, WithoutAWorkingDirectoryThatIsSaid) {
  const std::string gone = "mkdir gone; cd gone; rmdir ../gone; ";
  const ShellRun refused = run(gone + kSmallJob + "--output p.png");
  EXPECT_EQ(refused.status, 2);
  EXPECT_NE(refused.err.find("no working directory"), std::string::npos) << refused.err;
  EXPECT_EQ(run(gone + "$m --resume p.png").status, 2);
  EXPECT_EQ(run(gone + kSmallJob + "--json p.json").status, 5);
  EXPECT_EQ(run(gone + kSmallJob + "--output " + dir_.path("p.png")).status, 0);
}

class Interrupted : public Files {
 protected:
  // Has chunks done, and many to do.
  Process begin(const Worker& worker, std::vector<std::string> outputs) const {
    std::vector<std::string> options = {"--size",     "600x600", "--center", "-0.7453,0.1127",
                                        "--span",     "6.5e-4",  "--chunks", "120",
                                        "--max-iter", "5000",    "--hosts",  worker.address()};
    for (const std::string& output : outputs)
      options.insert(options.end(), {"--output", dir_.path(output)});
    return Process(master_command(std::move(options)));
  }
  bool has_begun(const std::string& journal) const {
    return eventually([&] {
      std::error_code none;
      const auto size = fs::file_size(dir_.path(journal), none);
      return !none && size > 700;
    });
  }
};

TEST_F(Interrupted, WithItsFolderGoneNothingIsOffered) {
  const Worker worker(kSlowly);
  fs::create_directory(dir_.path("f"));
  Process master = begin(worker, {"f/p.png"});
  ASSERT_TRUE(has_begun("f/p.png.journal")) << master.err();
  fs::remove_all(dir_.path("f"));
  master.signal(SIGTERM);
  EXPECT_EQ(master.wait(), 130);
  EXPECT_NE(master.err().find("nothing to go on with"), std::string::npos) << master.err();
  EXPECT_EQ(master.err().find("--resume"), std::string::npos) << master.err();
}

TEST_F(Interrupted, TheCommandToGoOnWithIsFitForAShell) {
  const Worker worker(kSlowly);
  Process master = begin(worker, {"it's a picture.npy"});
  ASSERT_TRUE(has_begun("it's a picture.npy.journal")) << master.err();
  master.signal(SIGTERM);
  EXPECT_EQ(master.wait(), 130);
  const auto at = master.err().find("--resume ");
  ASSERT_NE(at, std::string::npos) << master.err();
  const std::string word = master.err().substr(at, master.err().find('[', at) - at);
  EXPECT_EQ(run("$m --quiet " + word).status, 0);
  EXPECT_EQ(names(), Names{"it's a picture.npy"});
}

// The picture's pipe has no reader: it takes for ever to write.
TEST_F(Interrupted, WhileAnOutputIsWrittenItCanGoOn) {
  const Worker worker;
  ASSERT_EQ(mkfifo(dir_.path("pipe.pgm").c_str(), 0600), 0);
  const int reader = open(dir_.path("pipe.pgm").c_str(), O_RDWR | O_CLOEXEC);
  Process master = begin(worker, {"p.png", "pipe.pgm"});
  ASSERT_TRUE(has_begun("p.png.journal")) << master.err();
  int bytes = 0;
  ASSERT_TRUE(eventually([&] { return ioctl(reader, FIONREAD, &bytes) == 0 && bytes > 0; }));
  master.signal(SIGTERM);
  EXPECT_EQ(master.wait(), 130) << master.err();
  EXPECT_NE(master.err().find("go on with: "), std::string::npos) << master.err();
  EXPECT_EQ(names(), (Names{"p.png.counts.part", "p.png.journal", "pipe.pgm"}));
  close(reader);
}

// By somebody who knows the name: what is delivered is what was computed.
TEST_F(Interrupted, CountsThatWereChangedMeanwhileAreNotDelivered) {
  const Worker worker(kSlowly);
  Process master = begin(worker, {"p.npy"});
  ASSERT_TRUE(has_begun("p.npy.journal")) << master.err();
  {
    std::fstream part(dir_.path("p.npy.part"), std::ios::in | std::ios::out | std::ios::binary);
    part.seekp(200);
    part << "other bytes than were computed";
  }
  EXPECT_EQ(master.wait(), 5);
  EXPECT_NE(master.err().find("the disk gives back other counts"), std::string::npos)
      << master.err();
  EXPECT_FALSE(fs::exists(dir_.path("p.npy")));
  EXPECT_EQ(run("$m --quiet --resume p.npy").status, 0);
  EXPECT_EQ(names(), Names{"p.npy"});
}

TEST_F(Interrupted, AJournalWithABrokenHeaderGoesOnAndIsMended) {
  const Worker worker(kSlowly);
  {
    Process master = begin(worker, {"p.npy"});
    ASSERT_TRUE(has_begun("p.npy.journal")) << master.err();
    master.signal(SIGKILL);
    master.wait();
  }
  std::string journal = file_text(dir_.path("p.npy.journal"));
  journal[20] = static_cast<char>(journal[20] ^ 1);
  write_file(dir_.path("p.npy.journal"), journal);
  const MasterRun last = run_master({"--resume", dir_.path("p.npy")});
  EXPECT_EQ(last.status, 0) << last.err;
  EXPECT_GT(last.json["chunks_resumed"], 5);
}

}  // namespace
}  // namespace mandel::e2e
