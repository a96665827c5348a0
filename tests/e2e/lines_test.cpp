// Chunks as lines, carried by shells and by GNU parallel: what any of them puts together is what a
// job gives.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

#include "shell.h"

namespace mandel::e2e {
namespace {

constexpr const char* kVerdict = "(for validation): 1148485\n";

class Lines : public testing::Test {
 protected:
  // In a folder of its own.
  ShellRun run(const std::string& script) const {
    return shell(fmt::format("cd {}; set -o pipefail\n{}", dir_.path(""), script));
  }
  void expect_sum(const std::string& script) const {
    const ShellRun all = run(script);
    EXPECT_EQ(all.status, 0) << script << "\n" << all.err;
    EXPECT_NE(all.out.find(kVerdict), std::string::npos) << all.out << all.err;
  }
  // Both outputs of a job with these options, made by lines in a confusing order; keys and tabs are
  // as Hadoop's streaming has them.
  void expect_as_a_job_makes(const std::string& job) const {
    const ShellRun all = run(fmt::format(
        "$m {0} --output a.npy --output a.png >job &&\n"
        "$m split {0} | nl | shuf | $m map --with-counts | sed 's/$/\t/' | sort -R |\n"
        "  $m reduce --quiet --output b.npy --output b.png >lines &&\n"
        "cmp a.npy b.npy && cmp a.png b.png && tail -n 1 lines && grep -qFf <(tail -n 1 lines) job",
        job));
    EXPECT_EQ(all.status, 0) << job << "\n" << all.out << all.err;
  }
  // What it says where it fails.
  std::string failure(const std::string& script, int status) const {
    const ShellRun all = run(script);
    EXPECT_EQ(all.status, status) << script << "\n" << all.out << all.err;
    return all.err;
  }

  const TempDir dir_;
};

TEST_F(Lines, OfTheTutorialAddUp) {
  expect_sum("$m split | $m map | $m reduce --expect-sum 1148485");
  expect_sum(
      "$m split --chunks 500 | shuf | $m map --threads 1 --kernel scalar | sort | $m reduce");
  expect_sum(
      "$m split >all; for k in 0 1 2; do awk \"NR % 3 == $k\" all | $m map >$k; done\n"
      "cat 2 0 1 0 | $m reduce");
}

TEST_F(Lines, AreFiguresForProgramsToo) {
  const ShellRun all = run(
      "$m --output a.npy --json job >/dev/null && $m split --chunks 8 | $m map --with-counts |\n"
      "  $m reduce --output b.npy --json with >/dev/null && $m split | $m map |\n"
      "  $m reduce --json without >/dev/null && cat job with without");
  ASSERT_EQ(all.status, 0) << all.err;
  std::istringstream text(all.out);
  nlohmann::json job, with, without;
  text >> job >> with >> without;
  for (const char* key : {"software", "counts", "sum", "columns", "rows", "max_iter"}) {
    EXPECT_EQ(with[key], job[key]);
    EXPECT_EQ(without[key], job[key]);
  }
  EXPECT_EQ(with["counts_sha256"], job["counts_sha256"]);
  EXPECT_FALSE(without.contains("counts_sha256")) << "nobody has seen the counts";
  EXPECT_EQ(with["chunks"], 8);
  const auto& worker = with["workers"].at(0);
  EXPECT_EQ(worker["host"], job["workers"][0]["host"]);
  EXPECT_EQ(worker["kernel"], job["workers"][0]["kernel"]);
  EXPECT_EQ(worker["chunks"], 8);
  EXPECT_EQ(worker["share"], 1);
  EXPECT_GT(worker["compute_seconds"], 0);
}

TEST_F(Lines, MakeThePicturesOfAJob) {
  expect_as_a_job_makes("--size 90x61 --chunks 7 --max-iter 300");
#ifdef MANDEL_HAVE_DEEP
  expect_as_a_job_makes("--size 30x20 --center -2,0 --span 1e-20 --chunks 20 --max-iter 500");
#endif
}

TEST_F(Lines, GoThroughGnuParallel) {
  if (run("parallel --version </dev/null 2>&1 | grep -q GNU").status != 0)
    GTEST_SKIP() << "there is no GNU parallel";
  expect_sum(
      "$m split --chunks 8 | parallel --will-cite --pipe -N 3 -j 2 $m map --threads 1 |\n"
      "  $m reduce");
}

// Lines with counts are longer than what a pipe keeps whole; these are longer than what it holds.
TEST_F(Lines, OfManyProcessesGoThroughOnePipe) {
  const ShellRun all = run(
      "$m split --size 2000x1200 --center -0.7453,0.1127 --span 6.5e-4 --max-iter 500 --chunks 12 "
      ">all; export m\n"
      "seq 0 5 | xargs -P 6 -I K sh -c 'awk \"NR % 6 == K\" all | $m map --with-counts' |\n"
      "  $m reduce --output a.npy");
  EXPECT_EQ(all.status, 0) << all.err;
}

// The coprocess is never told that no more will come.
TEST_F(Lines, AreAnsweredAsTheyCome) {
  const ShellRun all =
      run("$m split --chunks 3 >all; coproc $m map; out=${COPROC[0]} in=${COPROC[1]}\n"
          "while read -r chunk; do echo \"$chunk\" >&$in; read -r -t 60 result <&$out || exit 9\n"
          "  echo \"$result\"; done <all >results; kill $COPROC_PID; $m reduce <results");
  EXPECT_EQ(all.status, 0) << all.err;
  EXPECT_NE(all.out.find(kVerdict), std::string::npos) << all.out;
}

TEST_F(Lines, AreNotComputedForNobody) {
  const ShellRun all = run("set +o pipefail; yes \"$($m split --chunks 1)\" | $m map | head -n 1");
  EXPECT_EQ(lines_of(all.out), 1);
}

TEST_F(Lines, ThatAreWrongAreNamed) {
  const auto has = [](const std::string& said, const std::string& words) {
    EXPECT_NE(said.find(words), std::string::npos) << said;
  };
  // One lane keeps the order.
  run("$m split --chunks 4 >chunks; $m map --with-counts --threads 1 <chunks >all");
  has(failure("(head -n 2 chunks; echo hello) | $m map", 2), "map: line 3 is not one of");
  has(failure("sed '2s/\"rows\":125/\"rows\":126/' chunks | $m map", 2),
      "map: line 2 has rows 125");
  has(failure("$m map --kernel noop <chunks", 2), "map: line 1 is of exact-f64");
  has(failure("head -c 200000 /dev/zero | $m map", 2), "map: line 1 is longer than");
  has(failure("$m reduce <chunks", 2), "reduce: line 1 is a chunk that nobody computed");
  has(failure("$m reduce </dev/null", 2), "reduce: no line came");
  has(failure("sed 2d all | $m reduce", 3), "reduce: 1 of 4 chunks are missing: 1");
  has(failure("sed '2s/\"sum\":/&1/' all | $m reduce", 3), "line 2 has counts that do not match");
  has(failure("(cat all; sed 's/,\"planes.*/}/; s/\"sum\":/&1/' all) | $m reduce", 3),
      "line 5 has other counts for chunk 0");
  has(failure("$m reduce --expect-sum 7 --output b.raw <all", 3), "the sum is 1148485, not 7");
  has(failure("$m map <chunks | $m reduce --output b.raw", 2), "map --with-counts");
  has(failure("$m reduce --output none/b.raw <all", 5), "none/b.raw");
  has(failure("$m reduce --json none/b <all", 5), "--json: can't");
  has(failure("$m reduce --json b.raw --output b.raw <all", 2), "the same file");
  has(failure("$m reduce --supersample 3 --output b.png <all", 2), "--supersample 3");
  EXPECT_EQ(run("ls").out, "all\nchunks\n");
}

}  // namespace
}  // namespace mandel::e2e
