#pragma once
#include <netinet/in.h>
#include <sys/socket.h>

#include "hal/address.h"

namespace nightjar::os {

/// An endpoint as the socket calls take it and give it.
class SocketAddress {
 public:
  SocketAddress() = default;   // to be filled in by a call
  explicit SocketAddress(const hal::Endpoint& endpoint);
  /// The same for a socket of `family`: an AF_INET6 one takes IPv4 addresses in their mapped form.
  SocketAddress(const hal::Endpoint& endpoint, int family);

  hal::Endpoint endpoint() const;
  int family() const { return storage_.ss_family; }
  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage_); }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  /// For calls that fill in: the room before the call, the size after it.
  socklen_t* size_pointer() { return &size_; }
  socklen_t size() const { return size_; }

 private:
  sockaddr_storage storage_{};
  socklen_t size_ = sizeof(sockaddr_storage);
};

in_addr to_in_addr(const hal::IpAddress& address);
in6_addr to_in6_addr(const hal::IpAddress& address);
/// Of an AF_INET or AF_INET6 address.
hal::IpAddress to_ip_address(const sockaddr& address);
/// The index of the up interface with that address, 0 for any() and when there is none.
unsigned interface_index(const hal::IpAddress& address);
/// What a bound socket is bound to.
hal::Endpoint local_endpoint(int socket);

}   // namespace nightjar::os
