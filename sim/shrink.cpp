#include "sim/shrink.h"

#include <algorithm>
#include <utility>

namespace nightjar::sim {
namespace {

class Shrinking {
 public:
  Shrinking(Scenario scenario, const std::function<bool(const Scenario&)>& fails, int runs_max)
      : best_(std::move(scenario)), fails_(fails), left_(runs_max), runs_max_(runs_max) {}

  Shrunken run() {
    drop_happenings();
    for (std::size_t i = 0; i < best_.happenings.size(); ++i) make_smaller(i);
    end_sooner();
    drop_happenings();
    return {best_, runs_max_ - left_};
  }

 private:
  /// Keeps `candidate` when it still fails.
  bool keep(Scenario candidate) {
    if (left_ <= 0) return false;
    --left_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  void drop_happenings() {
    for (std::size_t pieces = 2; !best_.happenings.empty() && left_ > 0;) {
      const auto count = best_.happenings.size();
      pieces = std::min(pieces, count);
      bool smaller = false;
      for (std::size_t piece = 0; piece < pieces && !smaller; ++piece) {
        auto candidate = best_;
        const auto from = candidate.happenings.begin() + static_cast<std::ptrdiff_t>(count * piece / pieces);
        const auto to = candidate.happenings.begin() + static_cast<std::ptrdiff_t>(count * (piece + 1) / pieces);
        candidate.happenings.erase(from, to);
        smaller = keep(std::move(candidate));
      }
      if (smaller) pieces = std::max<std::size_t>(pieces - 1, 2);
      else if (pieces == count) return;
      else pieces = std::min(pieces * 2, count);
    }
  }

  void make_smaller(std::size_t index) {
    for (int halvings = 0; halvings < 12; ++halvings) {
      auto candidate = best_;
      auto& one = candidate.happenings[index];
      if (one.lasts < std::chrono::milliseconds{2} && one.times < 2) return;
      one.lasts = std::chrono::floor<std::chrono::milliseconds>(one.lasts / 2);
      if (one.deed != Deed::start) one.times = (one.times + 1) / 2;
      if (one == best_.happenings[index] || !keep(std::move(candidate))) return;
    }
  }

  void end_sooner() {
    if (best_.happenings.empty()) return;
    const auto& last = best_.happenings.back();
    for (const auto extra : {std::chrono::minutes{0}, std::chrono::minutes{1}, std::chrono::minutes{10}}) {
      auto candidate = best_;
      candidate.lasts = std::chrono::ceil<std::chrono::seconds>(last.at + last.lasts) + extra;
      if (candidate.lasts < best_.lasts && keep(std::move(candidate))) return;
    }
  }

  Scenario best_;
  const std::function<bool(const Scenario&)>& fails_;
  int left_;
  int runs_max_;
};

}   // namespace

Shrunken shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails, int runs_max) {
  return Shrinking{std::move(scenario), fails, runs_max}.run();
}

}   // namespace nightjar::sim
