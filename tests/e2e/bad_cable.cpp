// A bad cable between two network namespaces: passes Ethernet frames with a delay, losses and a
// limited rate, and can be cut. Two taps and a loop, since sch_netem, which tc would need for the
// same, is missing from many kernels, those of containers above all.
//
//   bad-cable NETNS_A ADDRESS_A NETNS_B ADDRESS_B DELAY_MS LOSS_PERCENT RATE_MBIT
//
// NETNS is a file like /proc/PID/ns/net, RATE_MBIT 0 means no limit. Prints "ready" when both ends
// are plugged in. SIGUSR1 cuts the way from A to B, SIGUSR2 the way back, SIGHUP mends both. What
// is on its way through a cut cable is lost. Ends with the process that started it.
#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <random>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using Milliseconds = std::chrono::duration<double, std::milli>;

constexpr Milliseconds kBacklogMax{100};  // what waits for a slow line longer is dropped
constexpr std::size_t kFrameBytesMax = 65536;

// Set by signals. Looked at after a frame was read: a frame sent after the signal is never passed.
volatile std::sig_atomic_t is_cut[2] = {0, 0};

struct Quality {
  Milliseconds delay;
  double loss;
  double rate_mbit;
};

struct Frame {
  Clock::time_point due;
  std::vector<char> bytes;
};

void must(bool ok, const char* what) {
  if (ok) return;
  std::perror(what);
  std::exit(1);
}

void bring_up(int socket, ifreq request) {
  must(ioctl(socket, SIOCGIFFLAGS, &request) == 0, "SIOCGIFFLAGS");
  request.ifr_flags |= IFF_UP;
  must(ioctl(socket, SIOCSIFFLAGS, &request) == 0, "SIOCSIFFLAGS");
}

ifreq interface(const char* name) {
  ifreq request{};
  std::strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  return request;
}

// This end of the cable in that network: a tap with the address, which outlives the cable as a
// network card does.
int plug_in(const char* netns, const char* address) {
  const int network = open(netns, O_RDONLY | O_CLOEXEC);
  must(network >= 0 && setns(network, CLONE_NEWNET) == 0, netns);
  close(network);

  ifreq card = interface("eth0");
  card.ifr_flags = IFF_TAP | IFF_NO_PI;
  const int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  must(tap >= 0 && ioctl(tap, TUNSETIFF, &card) == 0, "/dev/net/tun");
  must(ioctl(tap, TUNSETPERSIST, 1) == 0, "TUNSETPERSIST");

  const int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  must(control >= 0, "socket");
  card = interface("eth0");
  auto& in = reinterpret_cast<sockaddr_in&>(card.ifr_addr);
  in.sin_family = AF_INET;
  must(inet_pton(AF_INET, address, &in.sin_addr) == 1, address);
  must(ioctl(control, SIOCSIFADDR, &card) == 0, "SIOCSIFADDR");
  bring_up(control, interface("eth0"));
  bring_up(control, interface("lo"));
  close(control);
  return tap;
}

// One of the cable's two ways.
class Way {
 public:
  Way(int from, int to, const volatile std::sig_atomic_t& cut, Quality quality)
      : from_(from), to_(to), cut_(cut), quality_(quality) {}

  void take() {
    std::array<char, kFrameBytesMax> buffer;
    for (ssize_t n; (n = read(from_, buffer.data(), buffer.size())) > 0;) {
      const auto now = Clock::now();
      if (cut_ || chance_(random_) < quality_.loss || line_free_ - now > kBacklogMax) continue;
      line_free_ = std::max(line_free_, now) + time_on_line(n);
      const auto due = line_free_ + std::chrono::duration_cast<Clock::duration>(quality_.delay);
      under_way_.push_back({due, {buffer.data(), buffer.data() + n}});
    }
  }

  void deliver() {
    for (; !under_way_.empty() && under_way_.front().due <= Clock::now(); under_way_.pop_front()) {
      const std::vector<char>& bytes = under_way_.front().bytes;
      if (!cut_) (void)!write(to_, bytes.data(), bytes.size());
    }
  }

  pollfd poll_item() const { return {from_, POLLIN, 0}; }
  Clock::time_point next_due() const {
    return under_way_.empty() ? Clock::time_point::max() : under_way_.front().due;
  }

 private:
  Clock::duration time_on_line(ssize_t bytes) const {
    if (quality_.rate_mbit <= 0) return {};
    const std::chrono::duration<double, std::micro> time(8.0 * static_cast<double>(bytes) /
                                                         quality_.rate_mbit);
    return std::chrono::duration_cast<Clock::duration>(time);
  }

  const int from_;
  const int to_;
  const volatile std::sig_atomic_t& cut_;
  const Quality quality_;
  std::deque<Frame> under_way_;
  Clock::time_point line_free_;
  std::mt19937 random_;  // the same losses every time
  std::uniform_real_distribution<> chance_{0, 1};
};

void pass_frames(Way& there, Way& back) {
  std::array<pollfd, 2> items = {there.poll_item(), back.poll_item()};
  for (;;) {
    const auto due = std::min(there.next_due(), back.next_due());
    timespec nap{};
    if (const auto wait = due - Clock::now(); wait > Clock::duration::zero()) {
      nap.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(wait).count();
      nap.tv_nsec = (wait % std::chrono::seconds(1)).count();
    }
    ppoll(items.data(), items.size(), due == Clock::time_point::max() ? nullptr : &nap, nullptr);
    for (Way* way : {&there, &back}) {
      way->take();
      way->deliver();
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 8) return 2;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::signal(SIGUSR1, [](int) { is_cut[0] = 1; });
  std::signal(SIGUSR2, [](int) { is_cut[1] = 1; });
  std::signal(SIGHUP, [](int) {
    is_cut[0] = 0;
    is_cut[1] = 0;
  });
  const Quality quality{Milliseconds(std::atof(argv[5])), std::atof(argv[6]) / 100,
                        std::atof(argv[7])};
  const int a = plug_in(argv[1], argv[2]);
  const int b = plug_in(argv[3], argv[4]);
  Way there(a, b, is_cut[0], quality);
  Way back(b, a, is_cut[1], quality);
  std::puts("ready");
  std::fflush(stdout);
  pass_frames(there, back);
}
