#pragma once
#include <functional>
#include <string>

#include "sim/scenario.h"

namespace nightjar::sim {

struct Shrunken {
  Scenario scenario;
  int runs = 0;   // that it took
};

/// The smallest scenario found that still fails: first without as much of the timeline as can be spared (delta debugging, Zeller and
/// Hildebrandt 2002), then with shorter durations and fewer times, then ending sooner. `fails` is asked at most `runs_max` times.
Shrunken shrink(Scenario scenario, const std::function<bool(const Scenario&)>& fails, int runs_max);

}   // namespace nightjar::sim
