#include "drivers/linux/network_address.h"

#include <ifaddrs.h>
#include <net/if.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace nightjar::os {

SocketAddress::SocketAddress(const hal::Endpoint& endpoint) : SocketAddress(endpoint, endpoint.address.is_v6() ? AF_INET6 : AF_INET) {}

SocketAddress::SocketAddress(const hal::Endpoint& endpoint, int family) {
  if (family == AF_INET) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    v4.sin_addr = to_in_addr(endpoint.address);
    std::memcpy(&storage_, &v4, sizeof v4);
    size_ = sizeof v4;
    return;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  v6.sin6_addr = to_in6_addr(endpoint.address);
  std::memcpy(&storage_, &v6, sizeof v6);
  size_ = sizeof v6;
}

hal::Endpoint SocketAddress::endpoint() const {
  hal::Endpoint out;
  if (storage_.ss_family == AF_INET) out.port = ntohs(reinterpret_cast<const sockaddr_in&>(storage_).sin_port);
  if (storage_.ss_family == AF_INET6) out.port = ntohs(reinterpret_cast<const sockaddr_in6&>(storage_).sin6_port);
  out.address = to_ip_address(*data());
  return out;
}

in_addr to_in_addr(const hal::IpAddress& address) {
  in_addr out{};
  std::memcpy(&out, address.bytes().data() + 12, 4);
  return out;
}

in6_addr to_in6_addr(const hal::IpAddress& address) {
  in6_addr out{};
  std::memcpy(&out, address.bytes().data(), 16);
  if (!address.is_v6()) out.s6_addr[10] = out.s6_addr[11] = 0xff;
  return out;
}

hal::IpAddress to_ip_address(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    std::array<std::uint8_t, 4> b{};
    std::memcpy(b.data(), &reinterpret_cast<const sockaddr_in&>(address).sin_addr, b.size());
    return hal::IpAddress::v4(b[0], b[1], b[2], b[3]);
  }
  if (address.sa_family == AF_INET6) {
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, bytes.size());
    return hal::IpAddress::v6(bytes);
  }
  return {};
}

unsigned interface_index(const hal::IpAddress& address) {
  if (address.is_any()) return 0;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return 0;
  unsigned index = 0;
  for (const ifaddrs* one = all; one && index == 0; one = one->ifa_next)
    if (one->ifa_addr && to_ip_address(*one->ifa_addr) == address && (one->ifa_flags & IFF_UP) != 0)
      index = ::if_nametoindex(one->ifa_name);
  ::freeifaddrs(all);
  return index;
}

hal::Endpoint local_endpoint(int socket) {
  SocketAddress address;
  if (::getsockname(socket, address.data(), address.size_pointer()) != 0) return {};
  return address.endpoint();
}

}   // namespace nightjar::os
