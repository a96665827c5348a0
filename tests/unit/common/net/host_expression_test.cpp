// One expression names many hosts: exactly these, in order, and never more than the limit.
#include "common/net/host_expression.h"

#include <gtest/gtest.h>

#include "common/net/address.h"

namespace mandel {
namespace {

struct Expansion {
  const char* list;
  std::vector<std::string> hosts;
};

class ExpandsHosts : public testing::TestWithParam<Expansion> {};

TEST_P(ExpandsHosts, ToTheseNames) {
  const auto hosts = expand_hosts(GetParam().list);
  ASSERT_TRUE(hosts) << hosts.error().what;
  EXPECT_EQ(*hosts, GetParam().hosts);
}

INSTANTIATE_TEST_SUITE_P(
    Forms, ExpandsHosts,
    testing::Values(Expansion{"desk", {"desk"}}, Expansion{"a,b:1", {"a", "b:1"}},
                    Expansion{"desk[2]", {"desk2"}},
                    Expansion{"desk[08-11]", {"desk08", "desk09", "desk10", "desk11"}},
                    Expansion{"desk[98-101]", {"desk98", "desk99", "desk100", "desk101"}},
                    Expansion{"desk[1,3-5]:5756",
                              {"desk1:5756", "desk3:5756", "desk4:5756", "desk5:5756"}},
                    Expansion{"r[1-2]n[01-02],x", {"r1n01", "r1n02", "r2n01", "r2n02", "x"}},
                    Expansion{"[1-2].lan", {"1.lan", "2.lan"}},
                    Expansion{"10.0.0.[7-8]", {"10.0.0.7", "10.0.0.8"}},
                    Expansion{"[::1]:7,[fe80::1%eth0]", {"[::1]:7", "[fe80::1%eth0]"}},
                    // Left to the address's own check.
                    Expansion{"desk[]", {"desk[]"}}, Expansion{"desk[1-2", {"desk[1-2"}},
                    Expansion{"desk[a-b]", {"desk[a-b]"}}, Expansion{"", {""}}));

class RefusesToExpand : public testing::TestWithParam<const char*> {};

TEST_P(RefusesToExpand, AndQuotesIt) {
  const auto hosts = expand_hosts(GetParam());
  ASSERT_FALSE(hosts);
  EXPECT_NE(hosts.error().what.find('\''), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Forms, RefusesToExpand,
                         testing::Values("desk[3-1]", "desk[-1]", "desk[1-]", "desk[1--2]",
                                         "desk[1,,2]", "desk[,]", "desk[99999999999]",
                                         "desk[0-4096]", "a[1-4000],b[1-97]", "desk[1-65]x[1-64]",
                                         "desk[1-100]x[1-100]y[1-100]"));

TEST(HostExpression, ALimitIsALimitAndNotLess) {
  EXPECT_EQ(expand_hosts("desk[1-4096]")->size(), kHostsMax);
  EXPECT_EQ(expand_hosts("r[1-64]n[1-64]")->size(), kHostsMax);
}

}  // namespace
}  // namespace mandel
