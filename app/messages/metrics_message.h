#pragma once
// What a reader of /api/ws/metrics is told: this computer and what it does.
#include <optional>
#include <string>

#include "app/messages/server_message.h"
#include "hal/load.h"
#include "hal/storage.h"

namespace nightjar::app {

/// {"type":"metrics","timestamp","data":{cpu, memory, disk, temperature, battery, network, camera, session, uptime}}; what is not known is null.
std::string metrics_message(const StatusView& view, const hal::LoadReading& load, const std::optional<hal::Storage::Space>& disk);

}  // namespace nightjar::app
