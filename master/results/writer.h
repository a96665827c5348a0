// The assembly's thread. Storing a chunk waits for the disk, and compressing a picture takes longer
// than computing it; meanwhile the loop must go on beating and handing out chunks. Chunks that came
// go to the store before the sinks get anything, since chunks hold memory and sinks don't.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <variant>

#include "common/base/clock.h"
#include "common/net/wakeup.h"
#include "master/results/assembly.h"

namespace mandel {

class Writer {
 public:
  using Config = Assembly::Config;

  // Rings `progress` after every step of its work while it is urgent, and on failure.
  Writer(Config config, Wakeup& progress);
  // Calls leave() if neither that nor finish() was called.
  ~Writer();

  // The chunk was accepted; `print` is the fingerprint of `counts`.
  void put(ChunkId chunk, Counts counts, const Fingerprint& print);
  // Into how many chunks the rest was cut, before any of them is put.
  void cut_rest(std::uint32_t chunks);
  // A chunk that was put is not to be trusted, and will be put again. Only with Config::hold_back.
  void revoke(ChunkId chunk);
  // The job can't be completed: from here on a chunk that comes is stored, if there is a store, and
  // freed.
  void give_up();

  // Is anybody waiting for what it does? True at first. If not, it looks for orders once in a while
  // and tells nobody: with small chunks, waking this thread and then the loop for each chunk costs
  // more than all that either does with it.
  void set_urgent(bool is_urgent);

  // Chunks that have left memory since the last call; each that was put counts once.
  std::uint32_t take_freed();
  // How far the sinks are; nothing if they get what there is at the end only, or there are none.
  struct Written {
    std::uint32_t chunks = 0;
    std::uint32_t rows = 0;
    Nanoseconds took = 0;

    // Of so many rows in all; as long for each as for those before.
    Nanoseconds time_for_rest(std::uint32_t rows_in_all) const;
  };
  std::optional<Written> written() const;
  // Is everything that was put stored, or without a store written?
  bool is_idle() const;
  std::optional<Error> error() const;

  // Ends the thread after what was ordered; the sinks are fed no more. A sink may wait for a pipe's
  // reader, and a disk may hang: false if the thread has not ended two seconds after
  // `is_called_off` has said so. Then only the end of the process gets rid of it.
  bool close(const std::function<bool()>& is_called_off);
  // Is there something to go on with, as far as is known?
  bool is_resumable() const;

  // All chunks were put: completes all files, ends the journal. Takes as long as the sinks do, and
  // tells how far they are.
  Result<void> finish(const Assembly::Tell& tell = {});
  // Instead of finish(): stores what came, and ends. True if the job can be resumed; otherwise
  // nothing is left behind.
  bool leave();
  // The same, but nobody is to go on: nothing is left behind.
  void drop();

 private:
  struct Put {
    ChunkId chunk;
    Counts counts;
    Fingerprint print;
  };
  struct Revoke {
    ChunkId chunk;
  };
  struct CutRest {
    std::uint32_t chunks;
  };
  struct GiveUp {};
  using Order = std::variant<Put, Revoke, CutRest, GiveUp>;

  void order(Order order);
  void work();
  bool begin();
  void write_all();
  bool has_work() const;
  void wait_for_work(std::unique_lock<std::mutex>& lock);
  std::optional<Order> next_order();
  Result<void> take_step(std::optional<Order> order);
  Result<void> execute(Put put);
  Result<void> execute(Revoke revoke);
  Result<void> execute(CutRest rest);
  Result<void> execute(GiveUp);
  void close();
  bool wait_for_end(const std::function<bool()>& is_called_off);

  Assembly assembly_;  // the thread's, until it has ended
  Wakeup& progress_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable ended_;
  std::deque<Order> orders_;
  std::uint32_t freed_ = 0;
  std::optional<Written> written_;
  bool is_busy_ = false;  // with something that was put
  bool is_urgent_ = true;
  bool is_asleep_ = false;  // until it is woken
  bool is_closing_ = false;
  bool has_ended_ = false;
  bool is_resumable_ = false;
  std::optional<Error> error_;
  std::jthread thread_;
};

}  // namespace mandel
