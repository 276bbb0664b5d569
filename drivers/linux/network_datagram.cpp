#include "drivers/linux/network_datagram.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <utility>

#include "drivers/linux/loop_errors.h"
#include "drivers/linux/network_address.h"

namespace nightjar::os {
namespace {

constexpr int kDatagramsPerTurn = 32;   // then the others have their turn

class UdpPort final : public std::enable_shared_from_this<UdpPort> {
 public:
  UdpPort(std::shared_ptr<NetworkShared> shared, Descriptor socket, int family, hal::Network::Received received)
      : shared_(std::move(shared)), socket_(shared_->loop.context()), family_(family), received_(std::move(received)) {
    socket_.assign(socket.get());
    socket.release();
  }

  void wait() {
    socket_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const asio::error_code& failed) {
      if (!failed) self->receive_ready();
    });
  }

  void close() {
    asio::error_code ignored;
    socket_.close(ignored);
  }

  hal::Result<void> send(const hal::Endpoint& to, std::string_view bytes) {
    if (to.address.is_v6() && family_ == AF_INET) return hal::Error{hal::ErrorKind::invalid, to.text() + ": this socket is IPv4"};
    const SocketAddress address{to, family_};
    while (true) {
      if (::sendto(socket_.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL, address.data(), address.size()) >= 0) return {};
      if (errno != EINTR) return os_error(errno, to.text());
    }
  }

  int number() { return socket_.native_handle(); }

 private:
  void receive_ready() {
    for (int i = 0; i < kDatagramsPerTurn && socket_.is_open(); ++i) {
      SocketAddress from;
      iovec part{shared_->buffer.get(), NetworkShared::kBufferSize};
      msghdr message{};
      message.msg_name = from.data();
      message.msg_namelen = sizeof(sockaddr_storage);
      message.msg_iov = &part;
      message.msg_iovlen = 1;
      const auto size = ::recvmsg(socket_.native_handle(), &message, 0);
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
      if (size < 0) continue;                               // an ICMP error of something sent: UDP is best effort
      if ((message.msg_flags & MSG_TRUNC) != 0) continue;   // half a datagram is none
      received_({from.endpoint(), {shared_->buffer.get(), static_cast<std::size_t>(size)}});   // may destroy the socket
    }
    if (socket_.is_open()) wait();
  }

  std::shared_ptr<NetworkShared> shared_;
  asio::posix::stream_descriptor socket_;
  int family_;
  hal::Network::Received received_;
};

class UdpSocket final : public hal::DatagramSocket {
 public:
  explicit UdpSocket(std::shared_ptr<UdpPort> port) : port_(std::move(port)), local_(local_endpoint(port_->number())) {}
  ~UdpSocket() override { port_->close(); }
  hal::Endpoint local() const override { return local_; }
  hal::Result<void> send_to(const hal::Endpoint& to, std::string_view bytes) override { return port_->send(to, bytes); }

 private:
  std::shared_ptr<UdpPort> port_;
  hal::Endpoint local_;
};

bool set(int socket, int level, int option, const auto& value) { return ::setsockopt(socket, level, option, &value, sizeof value) == 0; }

bool set_multicast_v4(int socket, const hal::DatagramOptions& options) {
  ip_mreqn group{};
  group.imr_multiaddr = to_in_addr(options.join);
  group.imr_address = to_in_addr(options.interface);
  return set(socket, IPPROTO_IP, IP_MULTICAST_ALL, int{0}) &&   // only the groups joined here, not those others on this host joined
         set(socket, IPPROTO_IP, IP_MULTICAST_TTL, options.multicast_ttl) &&
         set(socket, IPPROTO_IP, IP_MULTICAST_LOOP, int{options.multicast_loopback}) &&
         (options.interface.is_any() || set(socket, IPPROTO_IP, IP_MULTICAST_IF, to_in_addr(options.interface))) &&
         (options.join.is_any() || set(socket, IPPROTO_IP, IP_ADD_MEMBERSHIP, group));
}

bool set_multicast_v6(int socket, const hal::DatagramOptions& options) {
  const auto index = interface_index(options.interface);
  if (index == 0 && !options.interface.is_any()) {
    errno = EADDRNOTAVAIL;
    return false;
  }
  ipv6_mreq group{};
  group.ipv6mr_multiaddr = to_in6_addr(options.join);
  group.ipv6mr_interface = index;
  return set(socket, IPPROTO_IPV6, IPV6_MULTICAST_ALL, int{0}) && set(socket, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, options.multicast_ttl) &&
         set(socket, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, int{options.multicast_loopback}) &&
         (index == 0 || set(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(index))) &&
         (options.join.is_any() || set(socket, IPPROTO_IPV6, IPV6_JOIN_GROUP, group));
}

}   // namespace

hal::Result<std::unique_ptr<hal::DatagramSocket>> make_datagram_socket(std::shared_ptr<NetworkShared> shared,
                                                                       const hal::DatagramOptions& options,
                                                                       hal::Network::Received received) {
  const auto failed = [&] { return os_error(errno, options.bind.text()); };
  if (!options.join.is_any() && (!options.join.is_multicast() || options.join.is_v6() != options.bind.address.is_v6()))
    return hal::Error{hal::ErrorKind::invalid, options.join.text() + ": no group for a socket at " + options.bind.text()};
  const SocketAddress address{options.bind};
  Descriptor socket{::socket(address.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) return failed();
  if (options.share_port && !set(socket.get(), SOL_SOCKET, SO_REUSEADDR, int{1})) return failed();
  if (options.broadcast && !set(socket.get(), SOL_SOCKET, SO_BROADCAST, int{1})) return failed();
  if (::bind(socket.get(), address.data(), address.size()) != 0) return failed();
  const auto multicast = address.family() == AF_INET6 ? set_multicast_v6 : set_multicast_v4;
  if (!multicast(socket.get(), options)) return failed();
  const auto port = std::make_shared<UdpPort>(std::move(shared), std::move(socket), address.family(), std::move(received));
  port->wait();
  return std::unique_ptr<hal::DatagramSocket>{std::make_unique<UdpSocket>(port)};
}

}   // namespace nightjar::os
