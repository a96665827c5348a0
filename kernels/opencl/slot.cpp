// See slot.h.
#include "kernels/opencl/slot.h"

#include <algorithm>
#include <cstddef>

namespace mandel::opencl {

void Slot::abandon() {
  check(queue_.drain(), "end what was in flight");
  phase_ = Phase::kFree;
}

void Slot::start(const Band& band, std::span<std::uint32_t> out) {
  band_ = band;
  band_.narrow = gpu::counts_fit_16_bits(band.max_iter);
  band_.counts = counts_.reserve(context_, band.pixels * sizeof(std::uint32_t));
  band_.progress = progress_.reserve(context_, sizeof(gpu::Progress));
  out_ = out;
  if (copied_.size() < band.pixels) copied_.resize(band.pixels);
  queue_.forget_kernels();
  queue_.fill(band_.progress, 0, sizeof(gpu::Progress), 0);
  program_->start(band_, queue_);
  pace_ = gpu::Pace(program_->first_budget());
  phase_ = Phase::kComputing;
  slice();
}

void Slot::slice() {
  queue_.fill(band_.progress, offsetof(gpu::Progress, live), sizeof(gpu::Progress::live), 0);
  program_->slice(band_, pace_.budget(), queue_);
  fetch_progress();
}

void Slot::finish() {
  program_->finish(band_, queue_);
  queue_.read(band_.counts, copied_.data(),
              band_.pixels * (band_.narrow ? sizeof(std::uint16_t) : sizeof(std::uint32_t)));
  fetch_progress();
}

void Slot::fetch_progress() {
  queue_.read(band_.progress, &seen_, sizeof seen_);
  queue_.begin();
}

void Slot::step() {
  queue_.wait();
  if (phase_ == Phase::kCopying) {
    unpack();
    phase_ = Phase::kFree;
    return;
  }
  pace_.measured(queue_.last_kernel().seconds());
  if (program_->done(seen_)) {
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

}  // namespace mandel::opencl
