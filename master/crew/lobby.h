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

  // One worker process; it is known again when it comes by another connection.
  struct Guest {
    std::string id;
    std::string host;  // its own name for its machine
    Address address;   // numeric
  };

  // Reads what has come, for the links. Returns the guests that are here for the first time.
  std::vector<Guest> receive(Nanoseconds now);
  // For a guest's Host. It must not outlive the lobby.
  std::unique_ptr<Connector> connector(std::string guest);
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

  void sort(Hub::Incoming incoming, std::vector<Guest>& first_time);
  void seat(const Hub::Incoming& join, std::vector<Guest>& first_time);
  std::unique_ptr<Connection> link_to(const std::string& guest);
  void send_away(const std::string& peer, const std::string& reason);

  std::unique_ptr<Gate> gate_;  // null: it is open to everybody
  ListenLink socket_;
  const Address address_;
  bool is_door_open_ = true;
  Nanoseconds begun_at_;
  Nanoseconds next_look_ = 0;                // at the list of keys
  std::map<std::string, std::string> here_;  // guest to peer; empty: linked already, or gone
  std::map<std::string, Link*> links_;       // by peer
};

}  // namespace mandel
