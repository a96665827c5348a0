// See long_job.h.
#include "long_job.h"

#include <fstream>

namespace mandel::e2e {
namespace {

// Deep, all detail.
const std::vector<std::string> kLongJob = {
    "--size", "600x400", "--center",   "-0.743643887037151,0.131825904205330",
    "--span", "1e-11",   "--max-iter", "100000"};

std::vector<std::string> joined(std::vector<std::string> list,
                                const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
  return list;
}

}  // namespace

Process LongJob::start(const std::string& hosts, const std::vector<std::string>& options) const {
  return start_with(joined({"--hosts", hosts}, options));
}

Process LongJob::start_with(const std::vector<std::string>& options) const {
  return Process(command(options));
}

std::vector<std::string> LongJob::command(const std::vector<std::string>& options) const {
  return master_command(joined(joined(kLongJob, {"--json", json_, "--verbose"}), options));
}

void LongJob::expect_right(Process& master) const {
  ASSERT_EQ(master.wait(), 0) << master.err();
  static const MasterRun undisturbed = run_master(kLongJob);
  EXPECT_EQ(result()["sum"], undisturbed.json["sum"]);
  EXPECT_EQ(result()["counts_sha256"], undisturbed.json["counts_sha256"]);
}

nlohmann::json LongJob::result() const {
  std::ifstream file(json_);
  return nlohmann::json::parse(file, nullptr, false);
}

nlohmann::json LongJob::totals_of(const std::string& address) const {
  const nlohmann::json all = result()["workers"];
  for (const auto& totals : all)
    if (totals["address"] == address) return totals;
  ADD_FAILURE() << address << " is not in the result";
  return {};
}

}  // namespace mandel::e2e
