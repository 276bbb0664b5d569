#pragma once

/// State machines from tables. Start with README.md.
/// Apart from this: explore.h (tests), record.h (recordings and snapshots), compat.h (programs written for [Boost].SML).

#include "fsm/sml/machine.h"
#include "fsm/sml/print.h"
#include "fsm/sml/trace.h"
#include "fsm/sml/verify.h"
