// The store becomes the output where one has its form, so no byte of it may be out of place.
#include "master/results/store.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/unit/temp_folder.h"

namespace mandel {
namespace {

constexpr PictureSize kSize = {2, 3, 1000};  // columns, rows
using Counts2 = std::vector<std::uint32_t>;

std::string raw(const Counts2& counts) {
  return {reinterpret_cast<const char*>(counts.data()), counts.size() * 4};
}

TEST(PlaceOfStore, IsThePartialFileOfTheFirstPlainOutput) {
  const TempFolder folder;
  EXPECT_EQ(place_store({folder.path("a.png"), folder.path("b.raw"), folder.path("c.npy")}, true),
            (StorePlace{folder.path("b.raw.part"), PlainFormat::kRaw, folder.path("b.raw")}));
  EXPECT_EQ(place_store({folder.path("C.NPY")}, false),
            (StorePlace{folder.path("C.NPY.part"), PlainFormat::kNpy, folder.path("C.NPY")}));
}

TEST(PlaceOfStore, IsAFileOfItsOwnWhereNoOutputHasItsForm) {
  const TempFolder folder;
  EXPECT_EQ(place_store({folder.path("a.png"), folder.path("b.pgm")}, true),
            (StorePlace{folder.path("a.png.counts.part"), PlainFormat::kRaw, ""}));
  EXPECT_FALSE(place_store({folder.path("a.png")}, false)) << "nobody will go on with it";
}

TEST(PlaceOfStore, IsNowhereNearAPipe) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo(folder.path("pipe.npy").c_str(), 0600), 0);
  EXPECT_FALSE(place_store({}, true));
  EXPECT_FALSE(place_store({folder.path("pipe.npy")}, true));
  EXPECT_EQ(place_store({folder.path("pipe.npy"), folder.path("a.png")}, true)->path,
            folder.path("a.png.counts.part"));
}

TEST(PlaceOfStore, IsBesideTheFileThatALinkMeans) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path("disk"));
  write_bytes(folder.path("disk/real.npy"), "yesterday");
  std::filesystem::create_symlink("disk/real.npy", folder.path("link.npy"));
  const auto place = place_store({folder.path("link.npy")}, true);
  EXPECT_EQ(place->path, folder.path("disk/real.npy.part")) << "so that it can be renamed";
  EXPECT_EQ(place->becomes, folder.path("disk/real.npy"));
}

TEST(Store, TakesBandsInAnyOrderAndBecomesTheOutput) {
  const TempFolder folder;
  auto store = Store::create(*place_store({folder.path("a.raw")}, true), kSize);
  ASSERT_TRUE(store);
  EXPECT_TRUE(store->write({2, 1}, Counts2{5, 6}));
  EXPECT_TRUE(store->write({0, 2}, Counts2{1, 2, 3, 4}));
  Counts2 back(2);
  EXPECT_TRUE(store->read({1, 1}, back));
  EXPECT_EQ(back, (Counts2{3, 4}));
  EXPECT_FALSE(folder.has("a.raw"));
  EXPECT_TRUE(store->complete());
  EXPECT_EQ(bytes_of(folder.path("a.raw")), raw({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(folder.count(), 1);
}

TEST(Store, OfAnNpyIsWhatTheSinkWouldHaveWritten) {
  const TempFolder folder;
  const Counts2 counts = {1, 2, 3, 4, 5, 6};
  auto store = Store::create(*place_store({folder.path("a.npy")}, true), kSize);
  ASSERT_TRUE(store && store->write({0, 3}, counts) && store->complete());
  const auto sink = plain_sink(folder.path("b.npy"), PlainFormat::kNpy, kSize);
  ASSERT_TRUE(sink && (*sink)->rows(counts) && (*sink)->finish());
  EXPECT_EQ(bytes_of(folder.path("a.npy")), bytes_of(folder.path("b.npy")));
}

TEST(Store, ThatIsNoOutputGoesAtTheEnd) {
  const TempFolder folder;
  auto store = Store::create(*place_store({folder.path("a.png")}, true), kSize);
  ASSERT_TRUE(store);
  EXPECT_TRUE(folder.has("a.png.counts.part"));
  EXPECT_TRUE(store->complete());
  EXPECT_EQ(folder.count(), 0);
}

TEST(Store, OpenedAgainHasWhatItHeldAndZerosWhereItWasCut) {
  const TempFolder folder;
  const StorePlace place = *place_store({folder.path("a.npy")}, true);
  {
    auto store = Store::create(place, kSize);
    ASSERT_TRUE(store && store->write({0, 3}, Counts2{1, 2, 3, 4, 5, 6}));
  }
  std::filesystem::resize_file(place.path, std::filesystem::file_size(place.path) - 12);
  auto store = Store::open(place, kSize);
  ASSERT_TRUE(store);
  Counts2 back(6);
  EXPECT_TRUE(store->read({0, 3}, back));
  EXPECT_EQ(back, (Counts2{1, 2, 3, 0, 0, 0}));
  std::filesystem::remove(place.path);
  store = Store::open(place, kSize);
  ASSERT_TRUE(store) << "missing altogether";
  EXPECT_TRUE(store->read({0, 3}, back));
  EXPECT_EQ(back, Counts2(6, 0));
}

TEST(Store, CreatedAnewHasNothingOfTheOldOne) {
  const TempFolder folder;
  const StorePlace place = *place_store({folder.path("a.raw")}, true);
  write_bytes(place.path, std::string(24, 'x'));
  const auto store = Store::create(place, kSize);
  ASSERT_TRUE(store);
  EXPECT_EQ(bytes_of(place.path), std::string(24, '\0'));
}

TEST(Store, WhatLooksLikeNoneIsLeftAlone) {
  const TempFolder folder;
  for (const char* name : {"a.raw", "a.npy"})
    for (const std::string& theirs : {std::string("notes\n"), std::string(1000, 'x')}) {
      const StorePlace place = *place_store({folder.path(name)}, true);
      write_bytes(place.path, theirs);
      for (const auto make : {&Store::create, &Store::open}) {
        const auto store = make(place, kSize);
        ASSERT_FALSE(store) << name;
        EXPECT_NE(store.error().what.find("move it away"), std::string::npos);
      }
      EXPECT_EQ(bytes_of(place.path), theirs);
      std::filesystem::remove(place.path);
    }
}

TEST(Store, ThatSomebodyHasReplacedIsNotDelivered) {
  const TempFolder folder;
  const StorePlace place = *place_store({folder.path("a.npy")}, true);
  for (const bool is_replaced : {true, false}) {
    auto store = Store::create(place, kSize);
    ASSERT_TRUE(store);
    if (is_replaced) std::filesystem::remove(place.path);
    std::ofstream(place.path, std::ios::app) << "more";
    EXPECT_FALSE(store->complete());
    EXPECT_FALSE(folder.has("a.npy"));
    std::filesystem::remove(place.path);
  }
}

TEST(Store, SpoiltCountsAreNotThoseThatWereStored) {
  auto store = Store::temporary(kSize);
  ASSERT_TRUE(store && store->write({1, 1}, Counts2{0, 0}));
  EXPECT_TRUE(store->spoil({1, 1}));
  Counts2 back(2);
  EXPECT_TRUE(store->read({1, 1}, back));
  EXPECT_NE(back, (Counts2{0, 0}));
  EXPECT_TRUE(store->read({0, 1}, back));
  EXPECT_EQ(back, (Counts2{0, 0})) << "the neighbours are as they were";
}

}  // namespace
}  // namespace mandel
