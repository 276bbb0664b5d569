#pragma once
#include <optional>
#include <string>
#include <utility>

#include "hal/time.h"

namespace nightjar::sim {

/// A promise that several watch over.
inline constexpr auto kWell = "after the faults stop, all is well again within four minutes";

/// The first promise that was broken; what comes after it is its consequence.
struct Broken {
  hal::Instant at{};
  std::string promise;   // the invariant, one sentence
  std::string detail;    // what was seen instead
};

class Findings {
 public:
  explicit Findings(const hal::Clock& clock) : clock_(clock) {}

  void broken(const char* promise, std::string detail) {
    if (!first_) first_ = Broken{clock_.now(), promise, std::move(detail)};
  }
  const std::optional<Broken>& first() const { return first_; }
  hal::Instant now() const { return clock_.now(); }

 private:
  const hal::Clock& clock_;
  std::optional<Broken> first_;
};

}   // namespace nightjar::sim
