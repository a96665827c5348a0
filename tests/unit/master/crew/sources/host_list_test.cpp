// What the user says of the workers to use: --hosts and --hosts-file.
#include "master/crew/sources/host_list.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <unistd.h>

#include "common/net/host_expression.h"
#include "master/crew/sources/hosts_file.h"

namespace mandel {
namespace {

std::string text(const std::vector<Address>& addresses) {
  std::string text;
  for (const Address& address : addresses) {
    if (!text.empty()) text += ' ';
    text += address.text();
  }
  return text;
}

TEST(HostList, AreSortedByTheWayTheyAreNamed) {
  const auto list = parse_host_list("a,dns:workers:7,desk[1-2]:9,dns:others");
  ASSERT_TRUE(list) << list.error().what;
  EXPECT_EQ(text(list->fixed), "a:5755 desk1:9 desk2:9");
  EXPECT_EQ(text(list->names), "workers:7 others:5755");
  EXPECT_FALSE(list->empty());
}

TEST(HostList, SpacesAndLinesStandBetweenToo) {
  for (const char* words : {"a, b:7", " a ,b:7 ", "a\nb:7", "a\r\nb:7\n"}) {
    const auto list = parse_host_list(words);
    ASSERT_TRUE(list) << words << ": " << list.error().what;
    EXPECT_EQ(text(list->fixed), "a:5755 b:7") << words;
  }
}

TEST(HostList, KeepsTheOrderAndFindsDuplicates) {
  const auto list = parse_host_list("b,a:1,[::1]:2");
  ASSERT_TRUE(list);
  ASSERT_EQ(list->fixed.size(), 3u);
  EXPECT_EQ(list->fixed[1].text(), "a:1");
  EXPECT_FALSE(parse_host_list("a,b,a:5755"));
  EXPECT_FALSE(parse_host_list("a,,b"));
  EXPECT_FALSE(parse_host_list("a,"));
}

TEST(HostList, TakesExpressions) {
  const auto list = parse_host_list("desk[1,3]:7,[::1]");
  ASSERT_TRUE(list) << list.error().what;
  ASSERT_EQ(list->fixed.size(), 3u);
  EXPECT_EQ(list->fixed[1].text(), "desk3:7");
  EXPECT_EQ(list->fixed[2].text(), "[::1]:5755");
  EXPECT_FALSE(parse_host_list("desk[1-3],desk2"));
  EXPECT_FALSE(parse_host_list("desk[1-3"));
}

TEST(HostList, AutoIsNoName) {
  EXPECT_EQ(parse_host_list("auto")->lan_port, 5755);
  const auto list = parse_host_list("auto:7,autos");
  EXPECT_EQ(list->lan_port, 7);
  EXPECT_EQ(text(list->fixed), "autos:5755");
  EXPECT_FALSE(parse_host_list("auto:x"));
  EXPECT_FALSE(parse_host_list("auto")->empty());
}

TEST(HostList, NonsenseIsRefused) {
  for (const char* bad : {"", "a,", ",a", "dns:", "dns:a b", "a,a", "dns:x,", "desk[2-1]"})
    EXPECT_FALSE(parse_host_list(bad)) << bad;
}

TEST(HostList, EndsAtTheLimit) {
  EXPECT_EQ(parse_hosts_file("desk[1-4095]\nlast")->size(), kHostsMax);
  const auto hosts = parse_hosts_file("desk[1-4095]\nlast\nonce-more");
  ASSERT_FALSE(hosts);
  EXPECT_NE(hosts.error().what.find("line 3"), std::string::npos) << hosts.error().what;
  EXPECT_NE(hosts.error().what.find("more than 4096"), std::string::npos) << hosts.error().what;
}

struct File {
  const char* contents;
  const char* hosts;
};

class ReadsHostsFile : public testing::TestWithParam<File> {};

TEST_P(ReadsHostsFile, LineByLine) {
  const auto hosts = parse_hosts_file(GetParam().contents);
  ASSERT_TRUE(hosts) << hosts.error().what;
  EXPECT_EQ(text(*hosts), GetParam().hosts);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ReadsHostsFile,
    testing::Values(File{"", ""}, File{"# nobody yet\n\n", ""}, File{"a", "a:5755"},
                    File{"a\nb:7\n", "a:5755 b:7"},
                    File{"a\r\n  b # the big one\r\n", "a:5755 b:5755"},
                    File{"desk[08-10]:1\n[::1]\n", "desk08:1 desk09:1 desk10:1 [::1]:5755"},
                    File{"a,b\n", "a:5755 b:5755"}, File{" a , b:7 \n", "a:5755 b:7"}));

INSTANTIATE_TEST_SUITE_P(OfOtherPrograms, ReadsHostsFile,
                         testing::Values(File{"n1\nn1\nn2\nn1\n", "n1:5755 n2:5755"},
                                         File{"n1 slots=4\nn2  slots=8 max_slots=9 # big\n",
                                              "n1:5755 n2:5755"},
                                         File{"n1 cpu=2\r\nn1:5755\r\n", "n1:5755"},
                                         File{"\xef\xbb\xbf"
                                              "n1\n",
                                              "n1:5755"}));

TEST(HostsFile, ErrorsNameTheLine) {
  const auto named = [](const char* contents, const char* line) {
    const auto hosts = parse_hosts_file(contents);
    return !hosts && hosts.error().what.starts_with(line);
  };
  EXPECT_TRUE(named("a\nb c\n", "line 2"));
  EXPECT_TRUE(named("a\n\n#\n:1\n", "line 4"));
  EXPECT_TRUE(named("a\ndns:b\n", "line 2: 'dns:b' belongs into --hosts"));
  EXPECT_TRUE(named("a, auto\n", "line 1: 'auto' belongs into --hosts"));
  EXPECT_TRUE(
      named("n1 4 all.q@n1 UNDEFINED\n", "line 1: 'n1 4 all.q@n1 UNDEFINED' is no address"));
  EXPECT_FALSE(
      parse_hosts_file(std::string_view("\xff\xfe"
                                        "a\0",
                                        4)));
  EXPECT_TRUE(named("r[1-4000]\ns[1-97]\n", "line 2"));
}

class ChangingFile : public testing::Test {
 protected:
  ChangingFile() {
    std::string name = (std::filesystem::temp_directory_path() / "mandel-unit-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    write("a\n");
    file_ = *HostsFile::open(path());
  }
  ~ChangingFile() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ / "hosts"; }
  void write(const std::string& contents) { std::ofstream(path()) << contents; }
  // What a look says, half a second after the last one; "-" if it has no news.
  std::string look() {
    const auto hosts = file_->poll(now_ += kSecond / 2);
    return hosts ? text(*hosts) : "-";
  }

  std::filesystem::path folder_;
  std::unique_ptr<HostsFile> file_;
  Nanoseconds now_ = 0;
};

TEST_F(ChangingFile, IsToldOnceAndAgainWhenItHasChanged) {
  EXPECT_EQ(look(), "a:5755");
  EXPECT_EQ(look(), "-");
  write("a\nb\n");
  EXPECT_EQ(look(), "-") << "it might still be being written";
  EXPECT_EQ(look(), "a:5755 b:5755");
  EXPECT_EQ(look(), "-");
}

TEST_F(ChangingFile, AFileThatIsReplacedHasChanged) {
  look();
  std::ofstream(folder_ / "new") << "b\n";
  std::filesystem::rename(folder_ / "new", path());
  look();
  EXPECT_EQ(look(), "b:5755");
}

TEST_F(ChangingFile, AnEmptyOneMeansNobody) {
  look();
  write("");
  look();
  EXPECT_EQ(look(), "");
}

TEST_F(ChangingFile, WhatIsWrongOrGoneLeavesAllAsItIs) {
  look();
  write("a b\n");
  look();
  EXPECT_EQ(look(), "-");
  std::filesystem::remove(path());
  EXPECT_EQ(look(), "-");
  write("c\n");
  look();
  EXPECT_EQ(look(), "c:5755");
}

TEST(HostsFile, APipeIsReadToItsEndAndOnce) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  ASSERT_EQ(write(ends[1], "a\nb\n", 4), 4);
  close(ends[1]);
  const auto file = HostsFile::open("/dev/fd/" + std::to_string(ends[0]));
  close(ends[0]);
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ(text(*(*file)->poll(0)), "a:5755 b:5755");
  EXPECT_FALSE((*file)->poll(kSecond));
  EXPECT_FALSE((*file)->may_change());
}

TEST(HostsFile, OneThatNamesNobodySaysSoWhenAWorkerIsWanting) {
  const auto file = HostsFile::open("/dev/null");
  ASSERT_TRUE(file) << file.error().what;
  EXPECT_EQ((*file)->advice(), "; --hosts-file /dev/null names nobody");
}

TEST(HostsFile, AMissingOneIsAnErrorAtTheBeginning) {
  const auto file = HostsFile::open("/nowhere/hosts");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().what.find("--hosts-file /nowhere/hosts"), std::string::npos);
  EXPECT_FALSE(HostsFile::open("/tmp")) << "a folder";
}

}  // namespace
}  // namespace mandel
