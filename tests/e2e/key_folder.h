// A machine's folder of keys, made by mandel-keygen.
#pragma once

#include <fstream>
#include <gtest/gtest.h>

#include "process.h"

namespace mandel::e2e {

class KeyFolder {
 public:
  explicit KeyFolder(const std::vector<std::string>& options = {}) {
    std::vector<std::string> command = {MANDEL_KEYGEN, "--keys", path()};
    command.insert(command.end(), options.begin(), options.end());
    Process keygen(command);
    EXPECT_EQ(keygen.wait(), 0) << keygen.err();
  }

  std::string path() const { return dir_.path("keys"); }
  std::string file(const std::string& name) const { return path() + "/" + name; }
  std::string public_line() const {
    Process keygen({MANDEL_KEYGEN, "--keys", path(), "--show"});
    EXPECT_EQ(keygen.wait(), 0) << keygen.err();
    return keygen.out();
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(file(name)) << text;
  }

 private:
  const TempDir dir_;
};

}  // namespace mandel::e2e
