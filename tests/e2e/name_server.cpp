// A name server on 127.0.0.1:53 of this network namespace, for tests of names that are slow, wrong
// or have many addresses. It answers from a file that is read anew for each question:
//
//   name-server FILE        lines "NAME ADDRESS..."; a NAME alone is never answered
//
// Names that are not in the file do not exist. Prints "ready".
#include <arpa/inet.h>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace {

constexpr std::uint16_t kA = 1;
constexpr std::uint16_t kAaaa = 28;
constexpr std::size_t kHeaderBytes = 12;

void put16(std::string& bytes, std::uint16_t value) {
  bytes += static_cast<char>(value >> 8);
  bytes += static_cast<char>(value & 0xff);
}

struct Question {
  std::string name;
  std::uint16_t type = 0;
  std::size_t end = 0;  // behind it
};

Question question_in(const std::string& datagram) {
  Question question;
  std::size_t at = kHeaderBytes;
  while (at < datagram.size() && datagram[at] != 0) {
    const auto length = static_cast<std::size_t>(datagram[at]);
    if (!question.name.empty()) question.name += '.';
    question.name += datagram.substr(at + 1, length);
    at += 1 + length;
  }
  if (at + 2 < datagram.size()) question.type = static_cast<std::uint8_t>(datagram[at + 2]);
  question.end = at + 5;
  return question;
}

// Its addresses; nothing if the name does not exist.
std::optional<std::vector<std::string>> find(const char* path, const std::string& name) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string word;
    if (!(words >> word) || word != name) continue;
    std::vector<std::string> addresses;
    while (words >> word) addresses.push_back(word);
    return addresses;
  }
  return std::nullopt;
}

// A resource record, its name a pointer to the question's.
std::string record(std::uint16_t type, const std::string& address) {
  std::array<char, 16> bytes{};
  const bool is_v6 = type == kAaaa;
  inet_pton(is_v6 ? AF_INET6 : AF_INET, address.c_str(), bytes.data());
  std::string record = "\xc0\x0c";
  put16(record, type);
  put16(record, 1);  // of the Internet
  put16(record, 0);
  put16(record, 0);  // not to be kept
  const std::size_t size = is_v6 ? 16 : 4;
  put16(record, static_cast<std::uint16_t>(size));
  return record + std::string(bytes.data(), size);
}

std::string answer(const std::string& datagram, const Question& question,
                   const std::optional<std::vector<std::string>>& addresses) {
  std::string records;
  std::uint16_t count = 0;
  if (addresses)
    for (const std::string& address : *addresses) {
      const std::uint16_t type = address.find(':') == std::string::npos ? kA : kAaaa;
      if (type != question.type) continue;
      records += record(type, address);
      ++count;
    }
  std::string bytes = datagram.substr(0, 2);
  put16(bytes, addresses ? 0x8180 : 0x8183);  // found, or no such name
  put16(bytes, 1);
  put16(bytes, count);
  put16(bytes, 0);
  put16(bytes, 0);
  return bytes + datagram.substr(kHeaderBytes, question.end - kHeaderBytes) + records;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in here{};
  here.sin_family = AF_INET;
  here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  here.sin_port = htons(53);
  if (bind(fd, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0) return 1;
  std::puts("ready");
  std::fflush(stdout);
  for (;;) {
    std::string datagram(512, '\0');
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const ssize_t got = recvfrom(fd, datagram.data(), datagram.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &size);
    if (got <= static_cast<ssize_t>(kHeaderBytes)) continue;
    datagram.resize(static_cast<std::size_t>(got));
    const Question question = question_in(datagram);
    const auto addresses = find(argv[1], question.name);
    if (addresses && addresses->empty()) continue;
    const std::string bytes = answer(datagram, question, addresses);
    sendto(fd, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&from), size);
  }
}
