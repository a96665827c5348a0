// Which .npy files are taken for counts, and in which words others are refused.
#include "master/recolour/npy_file.h"

#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <vector>

#include "master/sinks/plain.h"
#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

std::string npy_head(const std::string& dictionary, char major = 1) {
  std::string text = "\x93NUMPY";
  text += major;
  text += '\0';
  text += static_cast<char>(dictionary.size() & 0xff);
  text += static_cast<char>(dictionary.size() >> 8);
  return text + dictionary;
}

std::string header_error(const std::string& bytes) {
  const auto header = read_npy_header(bytes);
  return header ? "accepted" : header.error().what;
}

TEST(NpyHeader, IsReadAsWeAndNumPyWriteIt) {
  const std::string ours = plain_header(PlainFormat::kNpy, {20, 30, 1000});
  for (const std::string& bytes :
       {ours, ours + "counts",
        npy_head("{'descr': '<u4', 'fortran_order': False, 'shape': (30, 20), }"),
        npy_head("{'shape':(30,20,),'descr':'<u4','fortran_order':False}\n"),
        npy_head(
            "{ \"descr\" : \"<u4\" , 'fortran_order' : False,'shape' : ( 30 ,\t20 ) }   \n")}) {
    const auto header = read_npy_header(bytes);
    ASSERT_TRUE(header) << header.error().what << bytes;
    EXPECT_EQ(header->rows, 30u);
    EXPECT_EQ(header->columns, 20u);
  }
  EXPECT_EQ(read_npy_header(ours + "counts")->bytes, ours.size());
}

TEST(NpyHeader, WhatIsNoPicturesCountsIsRefusedWithWhatToDo) {
  const auto array = [](const std::string& descr, const std::string& shape,
                        const std::string& order = "False") {
    return npy_head("{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape +
                    ", }");
  };
  const auto says = [](const std::string& bytes, const std::string& words) {
    EXPECT_NE(header_error(bytes).find(words), std::string::npos) << header_error(bytes);
  };
  for (const char* descr : {"<i4", "<i8", "<u2", ">u4", "<f8", "|u1"})
    says(array(descr, "(3, 2)"), std::string("holds '") + descr + "', and counts are '<u4'");
  says(array("<i8", "(3, 2)"), "dtype='<u4'");
  says(array("<u4", "(3, 2)", "True"), "column by column");
  says(array("<u4", "()"), "has 0 dimensions");
  says(array("<u4", "(6,)"), "has 1 dimensions");
  says(array("<u4", "(3, 2, 3)"), "has 3 dimensions");
  says(array("<u4", "(0, 2)"), "from 1 to 1048576");
  says(array("<u4", "(3, 1048577)"), "from 1 to 1048576");
  says(npy_head("{'descr': '<u4', 'fortran_order': False, 'shape': (3, 2), }", 2), "format 2.0");
  says("P5\n2 2\n255\n....", "is no .npy file");
  says("", "is no .npy file");
}

TEST(NpyHeader, WhatNumPyDoesNotWriteIsNotGuessed) {
  const std::string sound = "{'descr': '<u4', 'fortran_order': False, 'shape': (3, 2)}";
  for (const std::string bad :
       {"", "{", "{}", "{'descr': '<u4'}", "{'descr': '<u4, 'fortran_order': False}",
        "{'descr': '<u4' 'fortran_order': False, 'shape': (3, 2)}",
        "{'descr': '<u4', 'fortran_order': 0, 'shape': (3, 2)}",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (3 2)}",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (-3, 2)}",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (3, 99999999999999999999)}",
        "{'descr': '<u4', 'fortran_order': False, 'shape': (3, 2), 'more': True}",
        "{'descr': [('a', '<u4')], 'fortran_order': False, 'shape': (3, 2)}"})
    EXPECT_NE(header_error(npy_head(bad)).find("numpy does not write"), std::string::npos) << bad;
  EXPECT_NE(header_error(npy_head(sound + " x")).find("numpy does not write"), std::string::npos);
  for (std::size_t size = 10; size < npy_head(sound).size(); ++size)
    EXPECT_NE(header_error(npy_head(sound).substr(0, size)).find("cut short"), std::string::npos)
        << size;
}

class NpyFileTest : public testing::Test {
 protected:
  // Of 3 rows of 2 counts, with these bytes at its end.
  std::string file(const std::string& counts) const {
    const std::string path = folder_.path("a.npy");
    std::ofstream(path, std::ios::binary) << plain_header(PlainFormat::kNpy, {2, 3, 10}) << counts;
    return path;
  }
  static std::string open_error(const std::string& path) {
    const auto opened = NpyFile::open(path);
    return opened ? "accepted" : opened.error().what;
  }
  const TempFolder folder_;
};

TEST_F(NpyFileTest, GivesRowsInAnyOrder) {
  std::string bytes;
  for (char count = 1; count <= 6; ++count) bytes += std::string{count, 0, 0, 1};
  auto opened = NpyFile::open(file(bytes));
  ASSERT_TRUE(opened) << opened.error().what;
  std::vector<std::uint32_t> counts(4);
  ASSERT_TRUE(opened->read(1, counts));
  constexpr std::uint32_t kHigh = 1u << 24;
  EXPECT_EQ(counts, (std::vector<std::uint32_t>{kHigh + 3, kHigh + 4, kHigh + 5, kHigh + 6}));
  ASSERT_TRUE(opened->read(0, counts));
  EXPECT_EQ(counts[0], kHigh + 1);
}

TEST_F(NpyFileTest, HasTheSizeThatItsHeaderSays) {
  EXPECT_NE(open_error(file(std::string(23, 'x'))).find("is it cut short?"), std::string::npos);
  EXPECT_NE(open_error(file(std::string(25, 'x'))).find("behind its counts"), std::string::npos);
  EXPECT_EQ(open_error(file(std::string(24, 'x'))), "accepted");
  EXPECT_EQ(open_error(folder_.path("none.npy")), folder_.path("none.npy") + " does not exist");
  std::filesystem::create_directory(folder_.path("b.npy"));
  EXPECT_EQ(open_error(folder_.path("b.npy")), folder_.path("b.npy") + " is not a regular file");
}

TEST_F(NpyFileTest, ThatShrinksIsAnError) {
  const std::string path = file(std::string(24, 'x'));
  auto opened = NpyFile::open(path);
  ASSERT_TRUE(opened);
  std::filesystem::resize_file(path, 140);
  std::vector<std::uint32_t> counts(6);
  const auto read = opened->read(0, counts);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().what.find("became shorter"), std::string::npos);
}

}  // namespace
}  // namespace mandel
