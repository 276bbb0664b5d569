#pragma once
// Watches the session of several devices: host and guests must agree who is in it.
#include "sim/cast.h"
#include "sim/findings.h"

namespace nightjar::sim {

/// When everything has had its time to recover: a guest that was joined and has not left is a member again, where its host still hosts.
void check_party_is_well(Cast& cast, Findings& findings);

}   // namespace nightjar::sim
