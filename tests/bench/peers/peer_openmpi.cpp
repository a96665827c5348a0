// OpenMPI, master and workers: what one writes for speed. The master keeps two bands at each
// worker, so that none waits for the wire, and receives counts straight to their place.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <mpi.h>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

#include "tests/bench/peers/kernel.h"

namespace {

using Counts = std::vector<std::uint32_t>;

constexpr std::uint32_t kSum = 1148485;
constexpr int kBandTag = 0, kEndTag = 1;
constexpr int kAhead = 2;  // bands that a worker has

// First row and number of rows; the counts come back with the first row as their tag.
struct Band {
  std::uint32_t first_row, rows;
};

void send_band(const Band& band, int worker) {
  MPI_Send(&band, 2, MPI_UINT32_T, worker, kBandTag, MPI_COMM_WORLD);
}

void work(mandel_peer_kernel* kernel) {
  Counts counts;
  while (true) {
    Band band{};
    MPI_Status status;
    MPI_Recv(&band, 2, MPI_UINT32_T, 0, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    if (status.MPI_TAG == kEndTag) return;
    counts.resize(std::size_t{band.rows} * mandel_peer_columns(kernel));
    mandel_peer_compute(kernel, band.first_row, band.rows, counts.data());
    MPI_Send(counts.data(), static_cast<int>(counts.size()), MPI_UINT32_T, 0,
             static_cast<int>(band.first_row), MPI_COMM_WORLD);
  }
}

class Master {
 public:
  explicit Master(mandel_peer_kernel* kernel)
      : columns_(mandel_peer_columns(kernel)), rows_(mandel_peer_rows(kernel)) {
    MPI_Comm_size(MPI_COMM_WORLD, &processes_);
  }

  // One job; milliseconds from the first band sent to the last counts received.
  double once(std::uint32_t chunks) {
    chunks_ = chunks;
    next_ = 0;
    picture_.assign(std::size_t{columns_} * rows_, 0);
    const auto began = std::chrono::steady_clock::now();
    for (int ahead = 0; ahead < kAhead; ++ahead)
      for (int worker = 1; worker < processes_; ++worker) hand_next_to(worker);
    for (std::uint32_t received = 0; received < chunks; ++received) hand_next_to(receive());
    const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - began;
    const std::uint32_t sum = std::accumulate(picture_.begin(), picture_.end(), 0u);
    if (sum != kSum) {
      std::fprintf(stderr, "the sum is %u, not %u\n", sum, kSum);
      MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
    }
    return wall.count();
  }

  void end_workers() const {
    for (int worker = 1; worker < processes_; ++worker)
      MPI_Send(nullptr, 0, MPI_UINT32_T, worker, kEndTag, MPI_COMM_WORLD);
  }

 private:
  void hand_next_to(int worker) {
    if (next_ == chunks_) return;
    const std::uint32_t first_row = rows_ * next_ / chunks_;
    const std::uint32_t end_row = rows_ * ++next_ / chunks_;
    send_band({first_row, end_row - first_row}, worker);
  }

  // Who sent it.
  int receive() {
    MPI_Status status;
    MPI_Probe(MPI_ANY_SOURCE, MPI_ANY_TAG, MPI_COMM_WORLD, &status);
    const std::size_t at = std::size_t{columns_} * static_cast<std::uint32_t>(status.MPI_TAG);
    MPI_Recv(picture_.data() + at, static_cast<int>(picture_.size() - at), MPI_UINT32_T,
             status.MPI_SOURCE, status.MPI_TAG, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    return status.MPI_SOURCE;
  }

  const std::uint32_t columns_, rows_;
  int processes_ = 0;
  std::uint32_t chunks_ = 0, next_ = 0;
  Counts picture_;
};

std::vector<std::uint32_t> parse_list(const std::string& text) {
  std::vector<std::uint32_t> numbers;
  std::istringstream list(text);
  for (std::string number; std::getline(list, number, ',');)
    numbers.push_back(static_cast<std::uint32_t>(std::stoul(number)));
  return numbers;
}

// The same line as measure() in job.py prints.
void measure(Master& master, const std::vector<std::uint32_t>& chunk_counts, int repeats) {
  char library[MPI_MAX_LIBRARY_VERSION_STRING];
  int length = 0;
  MPI_Get_library_version(library, &length);
  std::string version(library, static_cast<std::size_t>(length));
  std::printf("{\"version\": \"%s\", \"wall_ms\": {", version.substr(0, version.find(',')).c_str());
  for (std::size_t i = 0; i < chunk_counts.size(); ++i) {
    (void)master.once(chunk_counts[i]);
    std::printf("%s\"%u\": [", i == 0 ? "" : ", ", chunk_counts[i]);
    for (int repeat = 0; repeat < repeats; ++repeat)
      std::printf("%s%.6f", repeat == 0 ? "" : ", ", master.once(chunk_counts[i]));
    std::printf("]");
  }
  std::printf("}}\n");
}

}  // namespace

int main(int argc, char** argv) {
  MPI_Init(&argc, &argv);
  // In this order, as measure.py gives them.
  if (argc != 5 || std::string(argv[1]) != "--chunks" || std::string(argv[3]) != "--repeats") {
    std::fprintf(stderr, "usage: mandel-peers-openmpi --chunks N,... --repeats R\n");
    MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  }
  mandel_peer_kernel* kernel = mandel_peer_open("auto", 1000, 1000);
  if (kernel == nullptr) MPI_Abort(MPI_COMM_WORLD, EXIT_FAILURE);
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) {
    Master master(kernel);
    measure(master, parse_list(argv[2]), std::stoi(argv[4]));
    master.end_workers();
  } else {
    work(kernel);
  }
  mandel_peer_close(kernel);
  MPI_Finalize();
}
