// Lines from a pipe: at once, whatever their pieces, and never more than a bound.
#include "master/lines/line_reader.h"

#include <array>
#include <csignal>
#include <gtest/gtest.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace mandel {
namespace {

class LineReaderTest : public testing::Test {
 protected:
  ~LineReaderTest() override {
    close(ends_[0]);
    end();
  }
  static std::array<int, 2> made_pipe() {
    std::array<int, 2> ends{};
    EXPECT_EQ(pipe(ends.data()), 0);
    return ends;
  }
  void say(std::string_view text) const {
    EXPECT_EQ(write(ends_[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  void end() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }
  static std::string next(LineReader& reader) {
    const auto line = reader.next();
    if (!line) return "error: " + line.error().what;
    return *line ? std::string(**line) : "the end";
  }

  std::array<int, 2> ends_ = made_pipe();  // of reading, of writing; -1: closed
  LineReader reader_{ends_[0], 10};
};

TEST_F(LineReaderTest, GivesALineBeforeTheNextIsThere) {
  say("one\ntw");
  EXPECT_EQ(next(reader_), "one");
  say("o\n");
  EXPECT_EQ(next(reader_), "two");
  EXPECT_EQ(reader_.number(), 2u);
}

TEST_F(LineReaderTest, TakesTheLastLineWithoutItsEnd) {
  say("one\ntwo");
  end();
  EXPECT_EQ(next(reader_), "one");
  EXPECT_EQ(next(reader_), "two");
  EXPECT_EQ(next(reader_), "the end");
  EXPECT_EQ(next(reader_), "the end");
}

TEST_F(LineReaderTest, PassesOverBlankLinesAndCountsThem) {
  say("\n \t\r\n\nfour\r\n\n");
  end();
  EXPECT_EQ(next(reader_), "four\r");
  EXPECT_EQ(reader_.number(), 4u);
  EXPECT_EQ(next(reader_), "the end");
}

TEST_F(LineReaderTest, RefusesWhatIsTooLong) {
  say("0123456789\n01234567890\n");
  EXPECT_EQ(next(reader_), "0123456789");
  EXPECT_EQ(next(reader_), "error: line 2 is longer than 10 bytes");
}

// Zeros without end fill no memory.
TEST_F(LineReaderTest, RefusesWhatNeverEnds) {
  say("a\n");
  std::jthread talker([this] {
    const std::string zeros(1 << 16, '\0');
    while (write(ends_[1], zeros.data(), zeros.size()) > 0) continue;
  });
  std::signal(SIGPIPE, SIG_IGN);
  EXPECT_EQ(next(reader_), "a");
  EXPECT_EQ(next(reader_), "error: line 2 is longer than 10 bytes");
  close(std::exchange(ends_[0], -1));
}

TEST_F(LineReaderTest, SaysWhyItCanNotRead) {
  LineReader closed(-1, 10);
  EXPECT_EQ(next(closed), "error: can't read standard input: Bad file descriptor");
}

}  // namespace
}  // namespace mandel
