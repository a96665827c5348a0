// A job that takes the scalar kernel seconds, for tests that disturb it half-way, and what must
// come out of it all the same: the sum and the counts of an undisturbed run inside the master.
#pragma once

#include <gtest/gtest.h>

#include "process.h"

namespace mandel::e2e {

// The options of workers for it: one lane of the slowest kernel.
inline const std::vector<std::string> kSlowly = {"--threads", "1", "--kernel", "scalar"};

class LongJob : public testing::Test {
 protected:
  // Starts it on these workers; they may not be there yet.
  Process start(const std::string& hosts, const std::vector<std::string>& options = {}) const;
  // The same, with options that say themselves which workers.
  Process start_with(const std::vector<std::string>& options) const;
  std::vector<std::string> command(const std::vector<std::string>& options) const;
  bool is_over() const { return std::filesystem::exists(json_); }
  // Waits for its end and compares.
  void expect_right(Process& master) const;
  // What --json says of the worker with this address.
  nlohmann::json totals_of(const std::string& address) const;
  // And of all.
  nlohmann::json workers() const { return result()["workers"]; }

 private:
  nlohmann::json result() const;

  const TempDir dir_;
  const std::string json_ = dir_.path("result.json");
};

}  // namespace mandel::e2e
