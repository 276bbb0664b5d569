#pragma once
#include <memory>

#include "drivers/linux/network_stream.h"
#include "hal/network.h"

namespace nightjar::os {

hal::Result<std::unique_ptr<hal::DatagramSocket>> make_datagram_socket(std::shared_ptr<NetworkShared> shared,
                                                                       const hal::DatagramOptions& options,
                                                                       hal::Network::Received received);

}   // namespace nightjar::os
