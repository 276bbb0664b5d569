#pragma once

/// State machines from tables. Start with README.md.
/// Apart from this: print.h (diagrams, JSON), record.h (recordings and snapshots), explore.h (tests), compat.h (programs
/// written for [Boost].SML).

#include "fsm/sml/machine.h"
#include "fsm/sml/trace.h"
#include "fsm/sml/verify.h"
