#pragma once
#include <memory>

#include "drivers/linux/network_stream.h"
#include "hal/log.h"
#include "hal/network.h"

namespace nightjar::os {

hal::Result<std::unique_ptr<hal::Listener>> make_listener(std::shared_ptr<NetworkShared> shared, hal::Log& log, const hal::Endpoint& at,
                                                          hal::Network::Accepted accepted);

hal::Operation start_connect(std::shared_ptr<NetworkShared> shared, const hal::Endpoint& to, hal::Duration patience,
                             hal::Network::Connected done);

}   // namespace nightjar::os
