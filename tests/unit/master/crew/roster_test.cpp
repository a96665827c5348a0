// A number stands for one address, through all that lists may do.
#include "master/crew/roster.h"

#include <gtest/gtest.h>

#include "common/net/host_expression.h"
#include "master/crew/sources/host_list.h"

namespace mandel {
namespace {

std::vector<Address> list(const std::string& text) {
  return text.empty() ? std::vector<Address>() : parse_host_list(text)->fixed;
}

std::vector<std::string> texts(const std::vector<Address>& addresses) {
  std::vector<std::string> texts;
  for (const Address& address : addresses) texts.push_back(address.host);
  return texts;
}

TEST(Roster, NumbersTheNewInOrder) {
  Roster roster;
  EXPECT_EQ(texts(roster.want(list("a,b"))), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(texts(roster.want(list("c,b,a"))), (std::vector<std::string>{"c"}));
  EXPECT_EQ(roster.size(), 3u);
  for (WorkerId worker : {0, 1, 2}) EXPECT_TRUE(roster.is_wanted(worker));
}

TEST(Roster, WhoIsNamedNoMoreIsNotWanted) {
  Roster roster;
  roster.want(list("a,b"));
  EXPECT_TRUE(roster.want(list("b")).empty());
  EXPECT_FALSE(roster.is_wanted(0));
  EXPECT_TRUE(roster.is_wanted(1));
  roster.want({});
  EXPECT_FALSE(roster.is_wanted(1));
}

TEST(Roster, WhoComesBackHasTheOldNumber) {
  Roster roster;
  roster.want(list("a,b"));
  roster.want(list("b"));
  EXPECT_TRUE(roster.want(list("b,a")).empty());
  EXPECT_TRUE(roster.is_wanted(0));
  EXPECT_EQ(roster.size(), 2u);
}

TEST(Roster, TwoListsMayNameTheSame) {
  Roster roster;
  std::vector<Address> both = list("a");
  both.push_back(both.front());
  EXPECT_EQ(roster.want(both).size(), 1u);
}

TEST(Roster, AnotherPortIsAnotherWorker) {
  Roster roster;
  EXPECT_EQ(roster.want(list("a:1,a:2")).size(), 2u);
}

TEST(Roster, NoListTakesThePermanentAway) {
  Roster roster;
  roster.add_permanent();
  roster.want(list("a"));
  roster.want({});
  EXPECT_TRUE(roster.is_wanted(0));
  EXPECT_FALSE(roster.is_wanted(1));
}

TEST(Roster, TwoNamesOfOneWorkerWantThatWorker) {
  Roster roster;
  roster.want(list("a,b"));
  roster.merge(1, 0);
  EXPECT_TRUE(roster.is_merged(1));
  EXPECT_TRUE(roster.is_wanted(0));
  EXPECT_FALSE(roster.is_wanted(1));
  roster.want(list("b"));
  EXPECT_TRUE(roster.is_wanted(0)) << "b is a";
  EXPECT_FALSE(roster.is_wanted(1));
  roster.want({});
  EXPECT_FALSE(roster.is_wanted(0));
}

TEST(Roster, ANameThatIsSplitOffStandsForItselfAgain) {
  Roster roster;
  roster.want(list("a,b,c"));
  roster.merge(1, 0);
  roster.merge(2, 0);
  EXPECT_EQ(roster.merged_into(0), (std::vector<WorkerId>{1, 2}));
  roster.want(list("b"));
  roster.split(0);
  EXPECT_TRUE(roster.merged_into(0).empty());
  EXPECT_FALSE(roster.is_wanted(0));
  EXPECT_TRUE(roster.is_wanted(1));
  EXPECT_FALSE(roster.is_wanted(2));
}

TEST(Roster, IsBounded) {
  Roster roster;
  roster.want(list("desk[1-4096]"));
  EXPECT_FALSE(roster.has_overflowed());
  EXPECT_TRUE(roster.want(list("desk[4097-4099],desk1")).empty());
  EXPECT_TRUE(roster.has_overflowed());
  EXPECT_EQ(roster.size(), kHostsMax);
  EXPECT_TRUE(roster.is_wanted(0));
}

}  // namespace
}  // namespace mandel
