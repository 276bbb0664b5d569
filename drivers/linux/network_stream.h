#pragma once
#include <memory>
#include <string>

#include "drivers/linux/loop.h"
#include "drivers/linux/loop_descriptor.h"
#include "hal/network.h"

namespace nightjar::os {

/// What all sockets of a network share; it lives as long as any of them.
struct NetworkShared {
  static constexpr std::size_t kBufferSize = 64u << 10;   // the largest datagram fits; one recv() empties a usual socket

  explicit NetworkShared(AsioLoop& owner) : loop(owner) {}
  AsioLoop& loop;
  std::unique_ptr<char[]> buffer = std::make_unique<char[]>(kBufferSize);   // what is read is valid until the callback returns
};

/// A stream upon a connected, non-blocking socket.
std::unique_ptr<hal::Stream> make_stream(std::shared_ptr<NetworkShared> shared, Descriptor socket, const hal::Endpoint& remote);

}   // namespace nightjar::os
