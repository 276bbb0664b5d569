#pragma once

namespace nightjar::boards {

/// What this program was built from, as git names it; "unknown" without git. A failing night prints it.
extern const char* const kCommit;

}   // namespace nightjar::boards
