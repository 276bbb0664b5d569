#include "drivers/linux/network_listener.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <chrono>
#include <string>
#include <utility>

#include "drivers/linux/loop_errors.h"
#include "drivers/linux/network_address.h"

namespace nightjar::os {
namespace {

constexpr int kAcceptsPerTurn = 32;   // then the others have their turn
constexpr auto kAcceptPause =
    std::chrono::milliseconds{100};   // the queued connection keeps the port readable: without a pause the loop would spin

class ListeningPort final : public std::enable_shared_from_this<ListeningPort> {
 public:
  ListeningPort(std::shared_ptr<NetworkShared> shared, hal::Log& log, Descriptor socket, hal::Network::Accepted accepted)
      : shared_(std::move(shared)), log_(log), socket_(shared_->loop.context()), accepted_(std::move(accepted)) {
    socket_.assign(socket.get());
    socket.release();
  }

  void wait() {
    socket_.async_wait(asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const asio::error_code& failed) {
      if (!failed) self->accept_ready();
    });
  }

  void close() {
    asio::error_code ignored;
    socket_.close(ignored);
    pause_.drop();
  }

  int number() { return socket_.native_handle(); }

 private:
  void accept_ready() {
    for (int i = 0; i < kAcceptsPerTurn && socket_.is_open(); ++i) {
      SocketAddress from;
      Descriptor socket{::accept4(socket_.native_handle(), from.data(), from.size_pointer(), SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (socket) {
        accepted_(make_stream(shared_, std::move(socket), from.endpoint()));   // may destroy the Listener
        continue;
      }
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return pause(errno);
      // Anything else is that one connection's trouble: it broke before it was accepted.
    }
    if (socket_.is_open()) wait();
  }

  void pause(int number) {
    const auto error = os_error(number, {});
    log_.write(hal::LogLevel::warning, "network", "cannot accept a connection", {{"error", error.detail}});
    pause_ = shared_->loop.at(shared_->loop.now() + kAcceptPause, [self = shared_from_this()] { self->wait(); });
  }

  std::shared_ptr<NetworkShared> shared_;
  hal::Log& log_;
  asio::posix::stream_descriptor socket_;
  hal::Network::Accepted accepted_;
  hal::Operation pause_;
};

class TcpListener final : public hal::Listener {
 public:
  explicit TcpListener(std::shared_ptr<ListeningPort> port) : port_(std::move(port)), local_(local_endpoint(port_->number())) {}
  ~TcpListener() override { port_->close(); }
  hal::Endpoint local() const override { return local_; }

 private:
  std::shared_ptr<ListeningPort> port_;
  hal::Endpoint local_;
};

/// One connection attempt: its socket, its patience, its answer. Held by what it waits for.
struct Attempt : std::enable_shared_from_this<Attempt> {
  Attempt(std::shared_ptr<NetworkShared> network, const hal::Endpoint& endpoint, hal::Network::Connected done)
      : shared(std::move(network)), to(endpoint), descriptor(shared->loop.context()), answer(std::move(done)) {}

  void start(hal::Duration patience) {
    Descriptor socket{::socket(to.address.is_v6() ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket) return fail_later(os_error(errno, to.text()));
    const SocketAddress address{to};
    if (::connect(socket.get(), address.data(), address.size()) != 0 && errno != EINPROGRESS && errno != EINTR)
      return fail_later(os_error(errno, to.text()));
    asio::error_code failed;
    descriptor.assign(socket.get(), failed);
    if (failed) return fail_later(os_error(failed.value(), to.text()));
    socket.release();
    descriptor.async_wait(asio::posix::stream_descriptor::wait_write, [self = shared_from_this()](const asio::error_code& aborted) {
      if (!aborted) self->finished();
    });
    const auto seconds = std::chrono::duration<double>(patience).count();
    timer = shared->loop.at(shared->loop.now() + patience, [weak = weak_from_this(), seconds] {
      const auto self = weak.lock();
      if (!self) return;
      auto text = std::to_string(seconds);
      text.erase(text.find_last_not_of("0") + 1);
      if (text.back() == '.') text.pop_back();
      self->end({hal::ErrorKind::timed_out, self->to.text() + ": no answer in " + text + " s"});
    });
  }

  void fail_later(hal::Error error) {
    shared->loop.post([self = shared_from_this(), error = std::move(error)] { self->end(error); });
  }

  void finished() {
    if (!descriptor.is_open() || !answer.wanted()) return;
    int number = 0;
    socklen_t size = sizeof number;
    if (::getsockopt(descriptor.native_handle(), SOL_SOCKET, SO_ERROR, &number, &size) != 0) number = errno;
    if (number != 0) return end(os_error(number, to.text()));
    timer.drop();
    Descriptor socket{descriptor.release()};
    answer(make_stream(shared, std::move(socket), to));
  }

  void end(const hal::Error& error) {
    close();
    answer(error);
  }

  void close() {
    timer.drop();
    asio::error_code ignored;
    descriptor.close(ignored);
  }

  std::shared_ptr<NetworkShared> shared;
  hal::Endpoint to;
  asio::posix::stream_descriptor descriptor;
  hal::Operation timer;
  hal::Completion<hal::Result<std::unique_ptr<hal::Stream>>> answer;
};

}   // namespace

hal::Result<std::unique_ptr<hal::Listener>> make_listener(std::shared_ptr<NetworkShared> shared, hal::Log& log, const hal::Endpoint& at,
                                                          hal::Network::Accepted accepted) {
  const auto failed = [&] { return os_error(errno, at.text()); };
  const SocketAddress address{at};
  Descriptor socket{::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket) return failed();
  const int on = 1;
  const int off = 0;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);   // connections of an earlier run in TIME_WAIT do not matter
  if (address.family() == AF_INET6) ::setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (::bind(socket.get(), address.data(), address.size()) != 0 || ::listen(socket.get(), SOMAXCONN) != 0) return failed();
  const auto port = std::make_shared<ListeningPort>(std::move(shared), log, std::move(socket), std::move(accepted));
  port->wait();
  return std::unique_ptr<hal::Listener>{std::make_unique<TcpListener>(port)};
}

hal::Operation start_connect(std::shared_ptr<NetworkShared> shared, const hal::Endpoint& to, hal::Duration patience,
                             hal::Network::Connected done) {
  const auto attempt = std::make_shared<Attempt>(std::move(shared), to, std::move(done));
  attempt->answer.on_dropped([weak = std::weak_ptr{attempt}] {
    if (const auto self = weak.lock()) self->close();
  });
  attempt->start(patience);
  return attempt->answer.operation();
}

}   // namespace nightjar::os
