// See auditor.h.
#include "master/results/auditor.h"

#include <algorithm>
#include <pthread.h>

#include "common/base/error.h"
#include "kernels/registry.h"

namespace mandel {
namespace {

constexpr std::size_t kStretchMax = 4096;  // pixels: bounds what a question costs

}  // namespace

AuditQuestion question_of(ChunkId chunk, std::uint32_t first_row, std::uint32_t columns,
                          std::span<const ChunkClaim> claims, std::uint64_t lot) {
  MANDEL_ASSERT(!claims.empty() && claims.size() <= 2);
  const std::span<const std::uint32_t> counts = claims[0].counts;
  // Of one alone a row, or as much of it as fits: who lies in every chunk is found soon.
  std::size_t at = lot % counts.size();
  if (columns <= kStretchMax) at -= at % columns;
  if (claims.size() == 2) {
    const auto differing = std::ranges::mismatch(counts, claims[1].counts);
    MANDEL_ASSERT(differing.in1 != counts.end());
    at = static_cast<std::size_t>(differing.in1 - counts.begin());
  }
  const std::size_t length = std::min(kStretchMax, columns - at % columns);
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

Auditor::Auditor(std::shared_ptr<const Axes> axes, std::uint32_t max_iter, Wakeup& done)
    : axes_(std::move(axes)),
      max_iter_(max_iter),
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
    const auto xs = std::span(axes_->xs).subspan(question.first_column, truth.size());
    const auto ys = std::span(axes_->ys).subspan(question.row, 1);
    if (reference->run(xs, ys, max_iter_, truth, stop).stopped) return;
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
