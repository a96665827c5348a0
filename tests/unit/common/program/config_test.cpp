// An option may stand in three places: the nearest wins, and a mistake is told with its place.
#include "common/program/config.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <unistd.h>

#include "common/program/cli.h"

namespace mandel {
namespace {

// A small program with an option of each kind; what it was given by whom.
class Config : public testing::Test {
 protected:
  void TearDown() override {
    for (const auto& [name, value] : environment) unsetenv(name.c_str());
    std::remove(path_.c_str());
  }

  // The exit code of parse(), if it ends the program; `said` is on stderr, `printed` on stdout.
  std::optional<int> run(std::vector<std::string> words) {
    std::ofstream(path_) << file;
    for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
    setenv("MANDEL_TOY_CONFIG", path_.c_str(), 1);
    CLI::App app;
    app.name("mandel-toy");
    size = mass = 0;
    shape.clear(), parts.clear(), hosts.clear();
    quiet = false, keeps = true;
    auto* size_option = app.add_option("--size", size)->check(CLI::Range(1, 9));
    app.add_option("--mass", mass)->excludes(size_option);
    app.add_option("--part", parts);
    app.add_option("--hosts", hosts);
    app.add_option("--log-shape,--form", shape)->default_str("round");
    app.add_flag("--quiet", quiet);
    app.add_flag("!--no-keep", keeps);
    add_action(app, "--list", [] {}, "list");
    CLI::App& dig = *app.add_subcommand("dig");
    dig.add_option("--size", size)->check(CLI::Range(1, 9));
    dig.add_option("--hosts", hosts)->type_name("N,N");
    words.insert(words.begin(), "mandel-toy");
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto code = parse(app, static_cast<int>(arguments.size()), arguments.data());
    said = testing::internal::GetCapturedStderr();
    printed = testing::internal::GetCapturedStdout();
    unsetenv("MANDEL_TOY_CONFIG");
    return code;
  }

  // That it fails as bad usage with all of these in what it says.
  void expect_mistake(const std::vector<std::string>& words,
                      const std::vector<std::string>& parts_of_it) {
    EXPECT_EQ(run(words), kExitUsage);
    for (const std::string& part : parts_of_it)
      EXPECT_NE(said.find(part), std::string::npos) << part << " is not in " << said;
  }

  std::string file;
  std::map<std::string, std::string> environment;
  std::string said, printed;

  int size = 0, mass = 0;
  std::string shape, hosts;
  std::vector<std::string> parts;
  bool quiet = false, keeps = true;
  const std::string path_ =
      testing::TempDir() + "mandel-config-" + std::to_string(getpid()) + ".toml";
};

TEST_F(Config, FlagBeatsEnvironmentBeatsFile) {
  file = "size = 1\n";
  EXPECT_EQ(run({}), std::nullopt) << said;
  EXPECT_EQ(size, 1);
  environment = {{"MANDEL_TOY_SIZE", "2"}};
  EXPECT_EQ(run({}), std::nullopt) << said;
  EXPECT_EQ(size, 2);
  EXPECT_EQ(run({"--size", "3"}), std::nullopt) << said;
  EXPECT_EQ(size, 3);
}

TEST_F(Config, NamesFollowFromTheOptions) {
  file = "form = 'oval'\npart = ['a', \"b\"]\nhosts = [\"x\", \"y\"]\n";
  environment = {{"MANDEL_TOY_QUIET", "yes"}, {"MANDEL_TOY_NO_KEEP", "1"}};
  EXPECT_EQ(run({}), std::nullopt) << said;
  EXPECT_EQ(shape, "oval");
  EXPECT_EQ(parts, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(hosts, "x,y");
  EXPECT_TRUE(quiet);
  EXPECT_FALSE(keeps);
  environment = {{"MANDEL_TOY_QUIET", "false"}, {"MANDEL_TOY_LOG_SHAPE", "flat"}};
  EXPECT_EQ(run({}), std::nullopt) << said;
  EXPECT_EQ(shape, "flat");
  EXPECT_FALSE(quiet);
  EXPECT_FALSE(keeps) << "still set: the variables stay until the test ends";
}

TEST_F(Config, WhatExcludesANearerOptionIsPassedOver) {
  file = "size = 1\n";
  EXPECT_EQ(run({"--mass", "5"}), std::nullopt) << said;
  EXPECT_EQ(size, 0);
  EXPECT_EQ(mass, 5);
  file = "size = 1\nmass = 2\n";
  expect_mistake({}, {path_ + ", key mass", "--size"});
}

TEST_F(Config, ASubcommandHasItsSectionAndElseWhatIsTheSameOfTheProgram) {
  file = "size = 1\nhosts = 'a'\n[dig]\nhosts = '2,3'\n";
  EXPECT_EQ(run({"dig"}), std::nullopt) << said;
  EXPECT_EQ(size, 1);
  EXPECT_EQ(hosts, "2,3");
  environment = {{"MANDEL_TOY_SIZE", "4"}, {"MANDEL_TOY_DIG_SIZE", "5"}};
  EXPECT_EQ(run({"dig"}), std::nullopt) << said;
  EXPECT_EQ(size, 5);
  EXPECT_EQ(run({}), std::nullopt) << said;
  EXPECT_EQ(size, 4);
  EXPECT_EQ(hosts, "a");
  file = "hosts = 'a'\n";
  EXPECT_EQ(run({"dig"}), std::nullopt) << said;
  EXPECT_EQ(hosts, "") << "the subcommand's option of that name takes something else";
}

TEST_F(Config, MistakesNameTheirFileAndKey) {
  file = "sise = 1\n";
  expect_mistake({}, {path_, "sise", "--print-config"});
  file = "[digg]\n";
  expect_mistake({}, {path_, "section digg"});
  file = "[dig]\nmass = 1\n";
  expect_mistake({}, {path_, "dig.mass"});
  file = "size = 10\n";
  expect_mistake({}, {path_, "key size", "10", "range"});
  file = "quiet = perhaps\n";
  expect_mistake({}, {path_, "key quiet", "perhaps"});
  file = "quiet = [true, true]\n";
  expect_mistake({}, {path_, "key quiet"});
  file = "size = 1\nquiet = true\nsize = 2\n";
  expect_mistake({}, {path_, "key size", "twice"});
  file = "list = true\n";
  expect_mistake({}, {path_, "list"});
  file = std::string(2 << 20, '#');
  expect_mistake({}, {path_, "1 MiB"});
}

// CLI11 takes the # for a comment up to 2.3, and for what it is from 2.4 on.
TEST_F(Config, AHashInQuotesIsReadWholeOrRefused) {
  file = "hosts = \"a#b\"\n";
  if (!run({}))
    EXPECT_EQ(hosts, "a#b");
  else
    expect_mistake({}, {path_, "key hosts", "quotes"});
}

TEST_F(Config, MistakesNameTheirVariable) {
  environment = {{"MANDEL_TOY_SIZE", "many"}};
  expect_mistake({}, {"MANDEL_TOY_SIZE", "many"});
}

TEST_F(Config, AFileThatIsAskedForMustBeThere) {
  expect_mistake({"--config", path_ + ".not"}, {path_ + ".not", "No such file"});
  expect_mistake({"--config", testing::TempDir()}, {testing::TempDir(), "folder"});
}

TEST_F(Config, HelpNeedsNoGoodFile) {
  file = "nonsense = 1\n";
  EXPECT_EQ(run({"--help"}), kExitDone);
  EXPECT_NE(printed.find("MANDEL_TOY_THREADS"), std::string::npos) << printed;
}

TEST_F(Config, OptionsBeforeASubcommandAreRefused) {
  expect_mistake({"--mass", "1", "dig"}, {"--mass", "after the word dig"});
}

TEST_F(Config, WhatIsPrintedCanBeReadBack) {
  const std::vector<std::string> words = {
      "--print-config", "--mass",    "7",       "--part",  "a b",    "--part",
      "it\"s",          "--no-keep", "--hosts", "h1,h2:5", "--quiet"};
  EXPECT_EQ(run(words), kExitDone) << said;
  const std::string first = printed;
  file = first;
  EXPECT_EQ(run({}), std::nullopt) << said;
  EXPECT_EQ(mass, 7);
  EXPECT_EQ(parts, (std::vector<std::string>{"a b", "it\"s"}));
  EXPECT_EQ(hosts, "h1,h2:5");
  EXPECT_TRUE(quiet);
  EXPECT_FALSE(keeps);
  EXPECT_EQ(run({"dig", "--size", "2", "--print-config"}), kExitDone) << said;
  file = printed;
  EXPECT_EQ(run({"dig"}), std::nullopt) << said;
  EXPECT_EQ(size, 2);
}

TEST_F(Config, WhatIsPrintedSaysWhereItIsFrom) {
  file = "mass = 1\n";
  environment = {{"MANDEL_TOY_HOSTS", "h"}};
  EXPECT_EQ(run({"--print-config", "--quiet"}), kExitDone) << said;
  for (const std::string& line :
       {"mass = 1  # " + path_ + ", key mass\n",
        std::string("hosts = \"h\"  # the environment variable MANDEL_TOY_HOSTS\n"),
        std::string("quiet = true  # the command line\n"),
        std::string("# log-shape = \"round\"  # default\n"), std::string("# size =   # not set\n")})
    EXPECT_NE(printed.find(line), std::string::npos) << line << "is not in\n" << printed;
}

TEST_F(Config, VariablesThatAreNoOptionsAreSaid) {
  environment = {{"MANDEL_TOY_SIZE", "1"},
                 {"MANDEL_TOY_DIG_SIZE", "1"},
                 {"MANDEL_TOY_SISE", "1"},
                 {"MANDEL_TOY_SERVICE_HOST", "10.0.0.1"},
                 {"MANDEL_TOY_PORT_5755_TCP", "tcp://10.0.0.1:5755"},
                 {"MANDEL_OTHER", "1"}};
  ASSERT_EQ(run({}), std::nullopt) << said;
  const auto remarks = take_config_remarks();
  ASSERT_EQ(remarks.size(), 1u);
  EXPECT_NE(remarks[0].find("MANDEL_TOY_SISE"), std::string::npos) << remarks[0];
  EXPECT_TRUE(take_config_remarks().empty());
}

TEST_F(Config, LaterComplaintsSayWhereTheValueStands) {
  file = "hosts = \"h\"\n";
  ASSERT_EQ(run({}), std::nullopt) << said;
  testing::internal::CaptureStderr();
  EXPECT_EQ(complain({"--hosts h: nobody there"}, 4), 4);
  EXPECT_NE(testing::internal::GetCapturedStderr().find(path_ + ", key hosts"), std::string::npos);
}

}  // namespace
}  // namespace mandel
