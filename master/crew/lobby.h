// --listen: where workers come in that this master can't dial, and that dial it (mandel-worker
// --join). One listening socket serves all. It is taken apart into a link for each worker, so that
// a Host can't tell which side dialled. A socket for each would need a port for each, and a
// firewall that lets them all through.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>
#include <zmq.hpp>

#include "common/keys/gate.h"
#include "common/wire/connector.h"
#include "common/wire/link.h"

namespace mandel {

class Lobby {
 public:
  // Lets in workers that show a key of the ring; without a ring all workers, in plain text. No
  // chunk may be larger than `body_bytes_max`. `listening` is numeric.
  static Result<std::unique_ptr<Lobby>> open(zmq::context_t& context, const Address& listening,
                                             std::size_t body_bytes_max,
                                             std::optional<KeyRing> keys);

  // A worker process that has greeted. It keeps its place here when it comes by another connection;
  // and when it has gone, the next process from the same machine gets it. So a place is a worker of
  // the crew, and one that is started again and again needs no more of them.
  struct Guest {
    std::uint32_t place = 0;
    std::string host;  // its own name for its machine
    Address address;   // numeric
    std::string key;   // public; empty where the lobby is open to everybody
    // Whence it came, and with which key. Its name for itself does not count: it could say another
    // each time.
    std::string machine;
  };

  // Reads what has come, for the links. Returns the guests with a place that is new.
  std::vector<Guest> receive(Nanoseconds now);
  // For the Host of a guest's place. It must not outlive the lobby.
  std::unique_ptr<Connector> connector(const Guest& guest);
  // From now on only guests that were here before may come.
  void close_door() { is_door_open_ = false; }
  // Has every worker that tries had the time to get through?
  bool has_begun(Nanoseconds now) const { return now >= begun_at_; }
  Nanoseconds next_timer() const;
  void watch(Sleeper& sleeper);
  // With the port that the system picked.
  const Address& address() const { return address_; }

 private:
  class Link;
  class Doorman;

  Lobby(std::unique_ptr<Gate> gate, ListenLink socket, Address address);

  // Has joined, was said hello to, and has not answered.
  struct Waiting {
    std::string id;       // of the process
    std::string machine;  // as a guest's
    std::string host;
    Address address;
    std::string key;
    Nanoseconds since = 0;
  };
  struct Place {
    std::string guest;  // the process that came last
    std::string machine;
    std::string peer;  // its connection, until the Host takes it; empty: it has, or it is gone
    Message welcome;   // what came there
    bool is_closed = false;  // its Host wants nobody any more
  };

  void sort(Hub::Incoming incoming, Nanoseconds now, std::vector<Guest>& first_time);
  void say_hello(const Hub::Incoming& join, Nanoseconds now);
  void seat(const std::string& peer, Message welcome, std::vector<Guest>& first_time);
  std::optional<std::uint32_t> place_for(const Waiting& waiting, std::string& why_not) const;
  bool is_vacant(std::uint32_t place) const;
  void forget_waiting(Nanoseconds now);
  std::unique_ptr<Connection> link_to(std::uint32_t place);
  void send_away(const std::string& peer, const std::string& reason);

  std::unique_ptr<Gate> gate_;  // null: it is open to everybody
  ListenLink socket_;
  const Address address_;
  bool is_door_open_ = true;
  Nanoseconds begun_at_;
  Nanoseconds next_look_ = 0;               // at the list of keys
  std::map<std::string, Waiting> waiting_;  // by peer
  std::vector<Place> places_;
  std::map<std::string, Link*> links_;  // by peer
};

}  // namespace mandel
