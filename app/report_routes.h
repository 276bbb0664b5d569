#pragma once
#include "app/web.h"
#include "hal/storage.h"

namespace nightjar::app {

/// Reports by REST: listed and read. `storage` outlives `web`.
void add_report_routes(Web& web, hal::Storage& storage);

}  // namespace nightjar::app
