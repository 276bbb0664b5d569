#pragma once
// Nights drawn by chance. As swarm testing does (Groce and others, 2012), each seed first draws which kinds of fault there are at all
// and how often they strike, so that nights differ in kind and not only in detail.
#include "sim/scenario.h"

namespace nightjar::sim {

/// One device, one camera, two phones, now and then two devices more that shoot with it, a media server and a metrics server, a photographer who acts now and then, and whatever goes wrong. The same seed gives the same night.
Scenario drawn_night(std::uint64_t seed, hal::Duration lasts);

}   // namespace nightjar::sim
