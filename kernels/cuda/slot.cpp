// See slot.h.
#include "kernels/cuda/slot.h"

#include <algorithm>

namespace mandel::cuda {
namespace {

std::size_t bytes_of_counts(const Band& band) {
  return band.pixels * (band.narrow ? sizeof(std::uint16_t) : sizeof(std::uint32_t));
}

}  // namespace

void Slot::abandon() {
  stream_.wait();
  phase_ = Phase::kFree;
}

void Slot::start(const Band& band, std::span<std::uint32_t> out) {
  band_ = band;
  band_.narrow = gpu::counts_fit_16_bits(band.max_iter);
  band_.counts = counts_.reserve(band.pixels);
  band_.progress = progress_.reserve(1);
  out_ = out;
  copied_.reserve(band.pixels);
  seen_.reserve(1);
  check(cudaMemsetAsync(band_.progress, 0, sizeof(Progress), stream_), "clear its progress");
  program_->start(band_, stream_);
  pace_ = gpu::Pace(program_->first_budget());
  phase_ = Phase::kComputing;
  slice();
}

void Slot::slice() {
  check(cudaMemsetAsync(&band_.progress->live, 0, sizeof(Progress::live), stream_),
        "clear its progress");
  slice_begin_.record(stream_);
  program_->slice(band_, pace_.budget(), stream_);
  slice_end_.record(stream_);
  fetch_progress();
}

void Slot::finish() {
  program_->finish(band_, stream_);
  computed_.record(stream_);
  check(cudaMemcpyAsync(copied_.data(), band_.counts, bytes_of_counts(band_),
                        cudaMemcpyDeviceToHost, stream_),
        "copy counts to the host");
  fetch_progress();
}

void Slot::fetch_progress() {
  check(cudaMemcpyAsync(seen_.data(), band_.progress, sizeof(Progress), cudaMemcpyDeviceToHost,
                        stream_),
        "copy its progress to the host");
  ready_.record(stream_);
}

void Slot::step() {
  ready_.wait();
  if (phase_ == Phase::kCopying) {
    unpack();
    phase_ = Phase::kFree;
    return;
  }
  pace_.measured(slice_end_.seconds_since(slice_begin_));
  if (program_->done(band_, progress())) {
    finish();
    phase_ = Phase::kCopying;
  } else {
    slice();
  }
}

void Slot::unpack() const {
  if (band_.narrow)
    std::copy_n(reinterpret_cast<const std::uint16_t*>(copied_.data()), band_.pixels, out_.begin());
  else
    std::copy_n(copied_.data(), band_.pixels, out_.begin());
}

}  // namespace mandel::cuda
