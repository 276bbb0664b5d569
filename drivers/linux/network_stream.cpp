#include "drivers/linux/network_stream.h"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>
#include <asio/post.hpp>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "drivers/linux/loop_errors.h"
#include "drivers/linux/network_address.h"

namespace nightjar::os {
namespace {

constexpr int kReadsPerTurn = 4;   // 256 KiB; then the others have their turn
constexpr int kWritesPerTurn = 4;
constexpr std::size_t kPartsPerWrite = 64;        // iovecs of one sendmsg
constexpr std::size_t kOwnPieceMax = 16u << 10;   // small heads are collected up to here
constexpr std::size_t kSpentPiecesMax = 64;       // then the queue moves up

/// What the kernel did not take yet, in order.
class SendQueue {
 public:
  bool empty() const { return bytes_ == 0; }
  std::size_t bytes() const { return bytes_; }

  void add(std::string_view head) {
    if (head.empty()) return;
    bytes_ += head.size();
    if (!pieces_.empty() && !pieces_.back().shared && pieces_.back().own.size() + head.size() <= kOwnPieceMax)
      pieces_.back().own.append(head);
    else
      pieces_.push_back({nullptr, std::string{head}, 0});
  }
  void add(hal::Buffer body, std::size_t sent) {
    if (!body || sent >= body->size()) return;
    bytes_ += body->size() - sent;
    pieces_.push_back({std::move(body), {}, sent});
  }
  void clear() {
    pieces_ = {};   // an idle connection keeps no memory
    first_ = 0;
    bytes_ = 0;
  }

  std::size_t gather(std::array<iovec, kPartsPerWrite>& parts) const {
    std::size_t count = 0;
    for (auto i = first_; i < pieces_.size() && count < parts.size(); ++i) {
      const auto rest = std::string_view{pieces_[i].bytes()}.substr(pieces_[i].sent);
      parts[count++] = {const_cast<char*>(rest.data()), rest.size()};
    }
    return count;
  }
  void taken(std::size_t count) {
    bytes_ -= count;
    if (bytes_ == 0) return clear();
    while (count > 0) {
      auto& piece = pieces_[first_];
      const auto rest = piece.bytes().size() - piece.sent;
      if (count < rest) {
        piece.sent += count;
        break;
      }
      count -= rest;
      piece = {};
      ++first_;
    }
    if (first_ < kSpentPiecesMax || first_ * 2 < pieces_.size()) return;
    pieces_.erase(pieces_.begin(), pieces_.begin() + static_cast<std::ptrdiff_t>(first_));
    first_ = 0;
  }

 private:
  struct Piece {
    hal::Buffer shared;
    std::string own;   // when not shared
    std::size_t sent = 0;
    const std::string& bytes() const { return shared ? *shared : own; }
  };
  std::vector<Piece> pieces_;   // bounded by the stream's owner, through unsent()
  std::size_t first_ = 0;
  std::size_t bytes_ = 0;
};

/// What lives as long as a callback or a wait needs it; TcpStream is its owner's end.
///
/// There is one way out: read_ready() finds the end or the error, and tells it. A write that fails leaves its error for it
/// to find, so that what had arrived before is delivered first.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<NetworkShared> shared, Descriptor socket, const hal::Endpoint& remote)
      : shared_(std::move(shared)), socket_(shared_->loop.context()), remote_(remote), local_(local_endpoint(socket.get())) {
    asio::error_code failed;
    socket_.assign(socket.get(), failed);
    if (!failed) socket.release();   // else it is closed here, and the first read or write will say so
  }

  void start(hal::Stream::Handler& handler) {
    handler_ = &handler;
    wait_to_read();
  }

  void pause(bool paused) {
    paused_ = paused;
    wait_to_read();
  }

  void write(std::string_view head, hal::Buffer body) {
    if (finishing_ || closed_ || write_error_) return;
    std::size_t sent = 0;
    if (queue_.empty()) {
      std::array<iovec, 2> parts;
      std::size_t count = 0;
      if (!head.empty()) parts[count++] = {const_cast<char*>(head.data()), head.size()};
      if (body && !body->empty()) parts[count++] = {const_cast<char*>(body->data()), body->size()};
      if (count == 0) return;
      const auto taken = send(parts.data(), count);
      if (!taken) return;
      sent = *taken;
    }
    const auto of_head = std::min(sent, head.size());
    queue_.add(head.substr(of_head));
    queue_.add(std::move(body), sent - of_head);
    wait_to_write();
  }

  void finish() {
    if (finishing_ || closed_) return;
    finishing_ = true;
    if (queue_.empty() && !write_error_) ::shutdown(socket_.native_handle(), SHUT_WR);
  }

  /// The owner has gone: silence at once.
  void destroy() {
    handler_ = nullptr;
    if (!queue_.empty()) {   // reset, not finished: see AsioNetwork
      const linger at_once{1, 0};
      ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    close();
  }

  std::size_t unsent() const { return queue_.bytes(); }
  const hal::Endpoint& local() const { return local_; }
  const hal::Endpoint& remote() const { return remote_; }

 private:
  void close() {
    closed_ = true;
    queue_.clear();
    asio::error_code ignored;
    socket_.close(ignored);
  }

  // ---- reading

  void wait_to_read() {
    if (waiting_to_read_ || paused_ || closed_ || !handler_) return;
    if (ended_ && !queue_.empty()) return;   // ours first
    waiting_to_read_ = true;
    const auto ready = [self = shared_from_this()](const asio::error_code& failed = {}) {
      self->waiting_to_read_ = false;
      if (failed && failed != asio::error::operation_aborted && !self->write_error_) self->write_error_ = os_error(failed.value(), {});
      self->read_ready();
    };
    if (write_error_) return asio::post(shared_->loop.context(), ready);   // nothing more may ever come to wait for
    socket_.async_wait(asio::posix::stream_descriptor::wait_read, ready);
  }

  bool reading() const { return handler_ && !paused_ && !closed_ && !(ended_ && !queue_.empty()); }

  void read_ready() {
    for (int i = 0; i < kReadsPerTurn && reading(); ++i) {
      const auto size = ::recv(socket_.native_handle(), shared_->buffer.get(), NetworkShared::kBufferSize, 0);
      if (size > 0) {
        handler_->on_data({shared_->buffer.get(), static_cast<std::size_t>(size)});
        if (static_cast<std::size_t>(size) < NetworkShared::kBufferSize && !write_error_) break;   // most likely all there was
        continue;
      }
      if (size < 0 && errno == EINTR) continue;
      if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        if (write_error_) return tell_closed(*write_error_);
        break;
      }
      if (size == 0 && !write_error_) ended_ = true;
      if (ended_ && !queue_.empty()) break;
      if (ended_) return tell_closed({hal::ErrorKind::closed, remote_.text() + ": the other end finished"});
      return tell_closed(write_error_ ? *write_error_ : os_error(errno, remote_.text()));
    }
    wait_to_read();
  }

  /// The last callback; the handler may destroy the stream within.
  void tell_closed(const hal::Error& found) {
    const auto error = found;   // may be a member of what the callback destroys
    close();
    if (auto* const handler = std::exchange(handler_, nullptr)) handler->on_closed(error);
  }

  // ---- writing

  /// What the kernel took; nothing when the connection is broken.
  std::optional<std::size_t> send(iovec* parts, std::size_t count) {
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    while (true) {
      const auto sent = count == 1 ? ::send(socket_.native_handle(), parts->iov_base, parts->iov_len, MSG_NOSIGNAL)   // cheaper
                                   : ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL);
      if (sent >= 0) return static_cast<std::size_t>(sent);
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return 0;
      break;
    }
    write_error_ = os_error(errno, remote_.text());
    queue_.clear();
    if (waiting_to_read_) {
      asio::error_code ignored;
      socket_.cancel(ignored);   // the wait comes back as aborted and reads to the end
    }
    wait_to_read();
    return std::nullopt;
  }

  void wait_to_write() {
    if (waiting_to_write_ || closed_ || queue_.empty()) return;
    waiting_to_write_ = true;
    socket_.async_wait(asio::posix::stream_descriptor::wait_write, [self = shared_from_this()](const asio::error_code&) {
      self->waiting_to_write_ = false;
      self->write_ready();
    });
  }

  void write_ready() {
    for (int i = 0; i < kWritesPerTurn && !closed_ && !queue_.empty(); ++i) {
      std::array<iovec, kPartsPerWrite> parts;
      const auto taken = send(parts.data(), queue_.gather(parts));
      if (!taken) break;
      if (*taken == 0) return wait_to_write();
      queue_.taken(*taken);
    }
    if (closed_) return;
    if (write_error_) return;
    if (!queue_.empty()) return wait_to_write();
    if (finishing_) ::shutdown(socket_.native_handle(), SHUT_WR);
    if (handler_) handler_->on_drained();
    if (ended_) wait_to_read();   // finds the end again
  }

  std::shared_ptr<NetworkShared> shared_;
  asio::posix::stream_descriptor socket_;   // for the waiting; reads and writes are our own calls
  hal::Endpoint remote_;
  hal::Endpoint local_;
  hal::Stream::Handler* handler_ = nullptr;
  SendQueue queue_;
  std::optional<hal::Error> write_error_;
  bool ended_ = false;   // the other end has finished
  bool paused_ = false;
  bool finishing_ = false;
  bool closed_ = false;
  bool waiting_to_read_ = false;
  bool waiting_to_write_ = false;
};

class TcpStream final : public hal::Stream {
 public:
  explicit TcpStream(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~TcpStream() override { connection_->destroy(); }

  void start(Handler& handler) override { connection_->start(handler); }
  void write(std::string_view head, hal::Buffer body) override { connection_->write(head, std::move(body)); }
  std::size_t unsent() const override { return connection_->unsent(); }
  void pause(bool paused) override { connection_->pause(paused); }
  void finish() override { connection_->finish(); }
  hal::Endpoint local() const override { return connection_->local(); }
  hal::Endpoint remote() const override { return connection_->remote(); }

 private:
  std::shared_ptr<Connection> connection_;
};

void set(int socket, int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof value); }

}   // namespace

std::unique_ptr<hal::Stream> make_stream(std::shared_ptr<NetworkShared> shared, Descriptor socket, const hal::Endpoint& remote) {
  set(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  set(socket.get(), SOL_SOCKET, SO_KEEPALIVE, 1);   // see AsioNetwork
  set(socket.get(), IPPROTO_TCP, TCP_KEEPIDLE, 30);
  set(socket.get(), IPPROTO_TCP, TCP_KEEPINTVL, 10);
  set(socket.get(), IPPROTO_TCP, TCP_KEEPCNT, 3);
  return std::make_unique<TcpStream>(std::make_shared<Connection>(std::move(shared), std::move(socket), remote));
}

}   // namespace nightjar::os
