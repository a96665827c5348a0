// See auditor.h.
#include "master/results/auditor.h"

#include <algorithm>
#include <pthread.h>

#include "common/base/error.h"
#include "kernels/registry.h"
#ifdef MANDEL_HAVE_DEEP
#include "kernels/deep/oracle.h"
#endif

namespace mandel {
namespace {

// By the oracle. False if it was stopped.
bool compute_deep(const DeepView& view, std::uint32_t max_iter, const AuditQuestion& question,
                  std::span<std::uint32_t> truth, const StopPoll& stop) {
#ifdef MANDEL_HAVE_DEEP
  const ExactGrid grid(view);
  for (std::uint32_t& count : truth) {
    const auto column = question.first_column + static_cast<std::uint32_t>(&count - truth.data());
    const OracleCount pixel = true_count(grid, column, question.row, max_iter, stop);
    if (pixel.stopped) return false;
    count = pixel.count;
  }
  return true;
#else
  static_cast<void>(view), static_cast<void>(max_iter), static_cast<void>(question);
  static_cast<void>(truth), static_cast<void>(stop);
  return false;  // nobody asks: check_audit() in job/command.cpp
#endif
}

}  // namespace

AuditQuestion question_of(ChunkId chunk, std::uint32_t first_row, std::uint32_t columns,
                          std::span<const ChunkClaim> claims, std::uint64_t lot,
                          std::size_t stretch_max) {
  MANDEL_ASSERT(!claims.empty() && claims.size() <= 2);
  const std::span<const std::uint32_t> counts = claims[0].counts;
  // Of one alone a row, or as much of it as fits: who lies in every chunk is found soon.
  std::size_t at = lot % counts.size();
  if (columns <= stretch_max) at -= at % columns;
  if (claims.size() == 2) {
    const auto differing = std::ranges::mismatch(counts, claims[1].counts);
    MANDEL_ASSERT(differing.in1 != counts.end());
    at = static_cast<std::size_t>(differing.in1 - counts.begin());
  }
  const std::size_t length = std::min(stretch_max, columns - at % columns);
  AuditQuestion question{chunk,
                         first_row + static_cast<std::uint32_t>(at / columns),
                         static_cast<std::uint32_t>(at % columns),
                         {}};
  for (const ChunkClaim& claim : claims) {
    const auto stretch = claim.counts.subspan(at, length);
    question.claims.push_back({claim.worker, {stretch.begin(), stretch.end()}});
  }
  return question;
}

Auditor::Auditor(Job job, std::shared_ptr<const Axes> axes, Wakeup& done)
    : job_(std::move(job)),
      axes_(std::move(axes)),
      done_(done),
      thread_([this](const std::stop_token& stop) { work(stop); }) {}

Auditor::~Auditor() = default;

void Auditor::ask(AuditQuestion question) {
  {
    const std::lock_guard lock(mutex_);
    questions_.push_back(std::move(question));
  }
  wake_.notify_one();
}

std::optional<AuditVerdict> Auditor::take() {
  const std::lock_guard lock(mutex_);
  if (verdicts_.empty()) return std::nullopt;
  AuditVerdict verdict = std::move(verdicts_.front());
  verdicts_.pop_front();
  return verdict;
}

// False if it was stopped.
bool Auditor::compute(Kernel& reference, const AuditQuestion& question,
                      std::span<std::uint32_t> truth, const std::stop_token& stop) const {
  if (const auto* view = std::get_if<DeepView>(&job_.grid))
    return compute_deep(*view, job_.max_iter, question, truth, stop);
  const auto xs = std::span(axes_->xs).subspan(question.first_column, truth.size());
  const auto ys = std::span(axes_->ys).subspan(question.row, 1);
  return !reference.run(xs, ys, job_.max_iter, truth, stop).stopped;
}

void Auditor::work(const std::stop_token& stop) {
  pthread_setname_np(pthread_self(), "auditor");
  const auto reference = find_backend("scalar")->make();
  for (;;) {
    AuditQuestion question;
    {
      std::unique_lock lock(mutex_);
      if (!wake_.wait(lock, stop, [this] { return !questions_.empty(); })) return;
      question = std::move(questions_.front());
      questions_.pop_front();
    }
    std::vector<std::uint32_t> truth(question.claims.front().counts.size());
    if (!compute(*reference, question, truth, stop)) return;
    AuditVerdict verdict{question.chunk, {}};
    for (const AuditQuestion::Claim& claim : question.claims)
      if (claim.counts != truth) verdict.liars.push_back(claim.worker);
    {
      const std::lock_guard lock(mutex_);
      verdicts_.push_back(std::move(verdict));
    }
    done_.ring();
  }
}

}  // namespace mandel
