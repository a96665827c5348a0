// One worker through all its sessions: connect, greet, watch, lose, connect again. Each session is
// one link; when it is over the link is thrown away with everything queued on it, so nothing of an
// old session can leak into the next, and a restarted worker is simply a new one.
//
// This class knows time and protocol but no scheduling: it turns messages into events for the loop.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/backoff.h"
#include "common/base/clock.h"
#include "common/net/address.h"
#include "common/wire/batch.h"
#include "common/wire/connector.h"
#include "common/wire/link.h"
#include "kernels/kernel.h"
#include "master/chunks/chunking.h"
#include "master/chunks/ids.h"
#include "master/crew/codec_choice.h"
#include "master/crew/messages.h"

namespace mandel {

// What a host has to tell.
namespace host_event {

struct Ready {};  // welcomed: it may be taken on
struct Leaving {};
struct Lost {
  std::string reason;
  bool is_orderly;  // it said so before: no fault
  bool is_silent = false;
};
struct Beat {
  wire::Beat beat;
};
struct Result {
  wire::Result head;
  zmq::message_t body;
};
struct Failure {
  wire::Failure failure;
};

}  // namespace host_event

using HostEvent = std::variant<host_event::Ready, host_event::Leaving, host_event::Lost,
                               host_event::Beat, host_event::Result, host_event::Failure>;

class Host {
 public:
  struct Config {
    std::string label;               // for people
    std::optional<Address> address;  // as it was named; not of one that was not
    std::unique_ptr<Connector> connector;
    Codec codec = Codec::kAuto;              // of counts, from a worker that writes it
    std::string_view semantics = kExactF64;  // of all jobs' counts
    // Of a worker that dials in: who comes from there later may be the same, started again.
    std::string machine = {};
  };
  // Which process is at the other end. A name is no answer: one process may have several. With the
  // key, so that a machine that is trusted can't pass for another.
  struct Process {
    std::string key;
    std::uint64_t incarnation = 0;
    bool operator==(const Process&) const = default;
  };

  Host(Config config, Nanoseconds now);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // The next thing that happened, or nothing; call until nothing. Does what is due at `now`.
  std::optional<HostEvent> poll(Nanoseconds now);
  // This process was itself suspended until `now`: nobody is blamed for having been silent.
  void forgive(Nanoseconds now);
  // When poll() has something to do even if no message comes.
  Nanoseconds next_timer() const;
  // Sends all that waits: its owner is about to sleep.
  void watch(Sleeper& sleeper);

  // From here on this is the job, in this session and in those to come; `id` is not 0. Results of
  // the job before are acknowledged and dropped.
  void open_job(std::uint64_t id, const Job& job);
  // After Ready: it is nobody whom we have already, and gets the job. Tasks may be sent.
  void take_on();

  // Sends a task of the job, and with it the acknowledgements that wait. It may wait for flush(),
  // as may all that is sent in a session: until then, or until the next sleep.
  void send_task(ChunkId chunk, std::uint32_t attempt, const Band& band);
  void flush();
  void cancel(ChunkId chunk, std::uint32_t attempt);
  // Tells the worker, with the next task or beat, that the chunk's result has arrived.
  void acknowledge(ChunkId chunk) { acked_.push_back(chunk); }
  // It has delivered: when it is lost, come back to it quickly.
  void encourage() { backoff_.reset(); }
  // Ends the session because of what the worker sent; connects again after a pause.
  void hang_up(std::string reason, Nanoseconds now);
  // Ends the session for good.
  void dismiss(std::string reason);
  // Ends the session with a goodbye, until it is called back; it has done nothing wrong.
  void release();
  void call_back(Nanoseconds now);

  const std::string& label() const { return config_.label; }
  const std::string& machine() const { return config_.machine; }
  bool is_ready() const { return state_ == State::kReady; }
  bool is_dismissed() const { return state_ == State::kDismissed; }
  bool is_released() const { return state_ == State::kReleased; }
  const std::optional<Address>& address() const { return config_.address; }
  // That it is asked for.
  wire::Encoding encoding() const {
    return encoding_for(config_.codec, config_.connector->peer().numeric);
  }
  // Why there is no session, as far as it is known; may be empty.
  std::string problem() const;
  // Does that say more than that there was no answer?
  bool is_explained() const { return is_explained_; }
  // How long nothing was heard of it, in a session.
  Nanoseconds silence(Nanoseconds now) const { return is_ready() ? now - heard_ : 0; }
  // Where it was dialled, if nothing is known but that no session came of it.
  std::optional<Connector::Peer> silent_peer() const;
  // That answered last, or nothing; was it taken on?
  const std::optional<Process>& process() const { return process_; }
  bool was_taken_on() const { return was_taken_on_; }
  // It may be reached at these addresses as well; false if it is not us who dials.
  bool also_dial(std::vector<Address> names);
  // Of the newest session.
  const WorkerInfo& info() const { return info_; }
  bool was_ever_ready() const { return was_ever_ready_; }
  // Does it stay away of its own will?
  bool has_left() const { return has_left_; }
  std::uint64_t bytes_in() const;
  std::uint64_t bytes_out() const;

 private:
  enum class State {
    kPausing,   // no link; the next is made from due_ on, once it can be had
    kGreeting,  // hello is queued or on its way; given up at due_
    kReady,
    kReleased,
    kDismissed,
  };

  void connect(Nanoseconds now);
  std::optional<HostEvent> lose(std::string reason, Nanoseconds now, bool is_orderly = false);
  std::optional<HostEvent> read(Message message, Nanoseconds now);
  std::optional<HostEvent> begin_session(const wire::Welcome& welcome, Nanoseconds now);
  void send(wire::Envelope envelope);
  void send_now(const wire::Envelope& envelope);
  void say_goodbye();
  bool is_of_past_job(const wire::Envelope& head);
  void beat(Nanoseconds now);
  void close_link();

  const Config config_;
  std::uint64_t job_id_ = 0;  // 0: there was none yet
  Job job_;
  std::vector<std::uint64_t> past_jobs_;  // of which something may come still
  State state_ = State::kPausing;
  std::unique_ptr<Connection> link_;
  WorkerInfo info_;
  std::optional<Process> process_;
  bool was_taken_on_ = false;
  Batch batch_;  // of what is sent next
  bool takes_batches_ = false;
  bool has_encoding_ = false;  // does this session's worker write the one that is wished?
  std::string problem_;
  bool is_explained_ = false;  // the problem says more than that there was no answer
  Nanoseconds due_ = 0;
  Nanoseconds heard_ = 0;
  Nanoseconds next_beat_ = 0;
  Backoff backoff_;
  Nanoseconds silence_;   // how long it may be silent; grows, since a slow link is silent too
  bool is_away_ = false;  // it has to come by itself, or its name is looked up
  bool is_clogged_ = false;
  bool has_said_goodbye_ = false;  // on this link, which therefore must not be cut off
  bool was_ever_ready_ = false;
  bool has_left_ = false;
  std::vector<ChunkId> acked_;         // of the job: what waits for something to ride on
  std::uint64_t closed_bytes_in_ = 0;  // of links that are gone
  std::uint64_t closed_bytes_out_ = 0;
};

}  // namespace mandel
