#pragma once
#include "app/messages/server_message.h"
#include "app/reports.h"
#include "app/timelapse.h"
#include "app/web.h"

namespace nightjar::app {

/// The intervalometer, its sessions and the reports, by REST. All outlive `web`; `view` is asked when an answer shows a status.
void add_timelapse_routes(Web& web, Timelapse& timelapse, const Settings& settings, std::function<StatusView()> view);
void add_report_routes(Web& web, Reports& reports);

}  // namespace nightjar::app
