// See overhead.h.
#include "tests/bench/overhead.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <sys/resource.h>

#include "common/base/random.h"
#include "master/job/run.h"
#include "tests/bench/child.h"
#include "tests/bench/echo.h"

namespace mandel {
namespace {

constexpr int kWorkers = 2;

// A picture in chunks of equal size.
struct Shape {
  std::uint32_t columns = 1;
  std::uint32_t rows_per_chunk = 1;
};

constexpr Shape kTiny = {4, 1};
constexpr Shape kPayload = {512, 512};  // 1 MiB

Nanoseconds nanoseconds(const timeval& time) {
  return time.tv_sec * kSecond + time.tv_usec * (kSecond / 1'000'000);
}

Nanoseconds own_cpu_time() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return nanoseconds(usage.ru_utime) + nanoseconds(usage.ru_stime);
}

// All clocks at once.
Usage clocks(const std::vector<Child>& workers) {
  Usage usage{steady_now(), own_cpu_time(), 0};
  for (const Child& worker : workers) usage.workers_ns += worker.cpu_time();
  return usage;
}

template <typename Work>
Usage usage_of(const std::vector<Child>& workers, Work work) {
  const Usage before = clocks(workers);
  work();
  const Usage after = clocks(workers);
  return {after.wall_ns - before.wall_ns, after.master_ns - before.master_ns,
          after.workers_ns - before.workers_ns};
}

// The master's side of one measured load: what mandel-master does between reading its command line
// and writing its report.
class Master {
 public:
  Master(const Overhead& load, Shape shape, Security security)
      : load_(load), shape_(shape), security_(std::move(security)) {
    const std::uint32_t rows = load.tasks * shape.rows_per_chunk;
    job_.grid = View{0, 0, 1.0 / shape.columns, 1.0 / rows, shape.columns, rows};
    axes_ = std::make_shared<const Axes>(axes_of(job_));
  }

  Usage run(const std::vector<Child>& workers) {
    const Chunking chunking(load_.tasks * shape_.rows_per_chunk, load_.tasks);
    zmq::context_t context;
    Wakeup wakeup;
    Writer writer({.chunking = chunking, .columns = shape_.columns}, wakeup);
    return usage_of(workers, [&] {
      Crew crew(context, {.body_bytes_max = kChunkBytesMax, .semantics = kNoCounts});
      for (const Child& worker : workers)
        crew.add(worker.address(), worker.endpoint(), [this] { return security_; });
      Run run(crew,
              {.job = job_,
               .job_id = random_number() | 1,
               .axes = axes_,
               .chunking = chunking,
               .is_quiet = true,
               .done = {},
               .explain = {}},
              writer, wakeup, signals_);
      outcome_ = run.run();
      check();
    });
  }

  // Of the last run.
  const Outcome& outcome() const { return outcome_; }

 private:
  // Hash and sum of every chunk were compared as it came; here, that they all did.
  void check() const {
    if (outcome_.exit_code != 0) throw std::runtime_error("the master failed: " + outcome_.problem);
    if (outcome_.chunks_done != load_.tasks || outcome_.sum != 0)
      throw std::runtime_error(fmt::format("{} chunks of {} came, and zeros add up to {}",
                                           outcome_.chunks_done, load_.tasks, outcome_.sum));
  }

  const Overhead& load_;
  const Shape shape_;
  const Security security_;
  Job job_;
  std::shared_ptr<const Axes> axes_;
  StopSignals signals_;
  Outcome outcome_;
};

template <typename Make>
std::vector<Child> children(Make make) {
  std::vector<Child> all;
  for (int k = 0; k < kWorkers; ++k) all.push_back(make());
  return all;
}

// One key for all processes, in a folder that vanishes with it.
class ClusterKey {
 public:
  ClusterKey() {
    std::string name = (std::filesystem::temp_directory_path() / "mandel-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    const auto written = write_key_pair(file(), pair_, "of a benchmark");
    if (!written) throw std::runtime_error(written.error().what);
  }
  ~ClusterKey() { std::filesystem::remove_all(folder_); }
  ClusterKey(const ClusterKey&) = delete;
  ClusterKey& operator=(const ClusterKey&) = delete;

  std::string file() const { return folder_ / kClusterFile; }
  const std::string& folder() const { return folder_.native(); }
  Security security() const { return {Curve{pair_, pair_.public_key}, false}; }

 private:
  const KeyPair pair_ = make_key_pair("benchmark");
  std::filesystem::path folder_;
};

// A worker speaks with keys where it listens for other machines, too.
std::vector<Child> start_workers(const OverheadOptions& options, const Overhead& load,
                                 const ClusterKey& key) {
  return children([&] {
    std::vector<std::string> command = {options.worker,
                                        "--threads",
                                        "1",
                                        "--kernel",
                                        "noop",
                                        "--credit",
                                        std::to_string(load.credit),
                                        "--no-discovery"};
    command.insert(command.end(), {"--listen", load.has_keys ? "0.0.0.0:0" : "127.0.0.1:0",
                                   "--keys", key.folder()});
    return Child(command);
  });
}

std::vector<Child> start_echoes(const OverheadOptions& options, const EchoReply& reply) {
  return children([&] {
    return Child({options.self, "echo", "--head", std::to_string(reply.head_bytes), "--body",
                  std::to_string(reply.body_bytes), "--copy", reply.is_copied ? "1" : "0", "--key",
                  reply.key_file});
  });
}

// From a run that is not counted: what the messages of this load are like. A machine that is busy
// may make the master grant backups, whose results come in as well.
void note_sizes(Overhead& load, Shape shape, const Outcome& outcome) {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  for (const WorkerTotals& worker : outcome.workers) {
    in += worker.bytes_in;
    out += worker.bytes_out;
  }
  load.body_bytes = std::size_t{shape.columns} * shape.rows_per_chunk * sizeof(std::uint32_t);
  load.head_bytes = in / (load.tasks + outcome.late) - load.body_bytes;
  load.task_bytes = out / (load.tasks + outcome.backups);
}

class Bare {
 public:
  Bare(const OverheadOptions& options, const Overhead& load, const ClusterKey& key, bool is_copied)
      : load_{load.tasks,
              load.credit,
              load.task_bytes,
              {load.head_bytes, load.body_bytes, is_copied, load.has_keys ? key.file() : ""}},
        workers_(start_echoes(options, load_.reply)) {
    for (const Child& worker : workers_) endpoints_.push_back(worker.endpoint());
  }

  Usage run() const {
    return usage_of(workers_, [&] { run_echo(endpoints_, load_); });
  }

 private:
  EchoLoad load_;
  std::vector<Child> workers_;
  std::vector<std::string> endpoints_;
};

Overhead measure(const OverheadOptions& options, Overhead load, Shape shape) {
  const ClusterKey key;
  const std::vector<Child> workers = start_workers(options, load, key);
  Master master(load, shape, load.has_keys ? key.security() : Security{});
  master.run(workers);
  note_sizes(load, shape, master.outcome());
  std::vector<Bare> bares;
  load.contenders = {{"mandel", {}}, {load.has_keys ? "bare, with keys" : "bare", {}}};
  bares.emplace_back(options, load, key, false);
  if (load.body_bytes > kHeadBytesMax) {
    load.contenders.push_back({"bare, one copy", {}});
    bares.emplace_back(options, load, key, true);
  }
  for (std::uint32_t round = 0; round < options.repeats; ++round) {
    load.contenders[0].runs.push_back(master.run(workers));
    for (std::size_t k = 0; k < bares.size(); ++k)
      load.contenders[k + 1].runs.push_back(bares[k].run());
  }
  return load;
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

}  // namespace

double Overhead::per_task(const Contender& contender, Figure figure) const {
  std::vector<double> values;
  for (const Usage& run : contender.runs)
    values.push_back(static_cast<double>(run.*figure) / static_cast<double>(tasks));
  return median(std::move(values));
}

double Overhead::ratio(const Contender& contender, Figure figure) const {
  std::vector<double> values;
  for (std::size_t k = 0; k < contender.runs.size(); ++k)
    values.push_back(static_cast<double>(contenders.front().runs[k].*figure) /
                     static_cast<double>(contender.runs[k].*figure));
  return median(std::move(values));
}

double Overhead::throughput(const Contender& contender) const {
  return static_cast<double>(body_bytes) / per_task(contender, &Usage::wall_ns);
}

std::vector<Overhead> measure_overhead(const OverheadOptions& options) {
  const auto load = [](std::string name, std::uint32_t tasks, std::uint32_t credit, bool has_keys) {
    return Overhead{std::move(name), tasks, credit, has_keys, 0, 0, 0, {}};
  };
  return {
      measure(options, load("tiny chunks", options.tasks, 8, false), kTiny),
      measure(options, load("tiny chunks, one at a time", options.tasks, 1, false), kTiny),
      measure(options, load("tiny chunks, with keys", options.tasks, 8, true), kTiny),
      measure(options, load("chunks of 1 MiB", options.payloads, 8, false), kPayload),
      measure(options, load("chunks of 1 MiB, with keys", options.payloads, 8, true), kPayload)};
}

}  // namespace mandel
