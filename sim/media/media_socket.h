#pragma once
// One client's WebSocket at the simulated media server. Internal to sim/media.
#include <memory>
#include <string>

#include "hal/time.h"
#include "hal/websocket.h"
#include "sim/media/media_server.h"

namespace nightjar::sim::media {

class Socket final : private hal::WebSocket::Handler {
 public:
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual const MediaServerFaults& faults() const = 0;
    /// The Data of a Sessions message.
    virtual std::string sessions_text() const = 0;
    /// The last call; the socket may be destroyed within it.
    virtual void gone(Socket& socket) = 0;
    virtual void pushed() = 0;
  };

  /// `user`: whose it is; empty for an API key's.
  Socket(std::unique_ptr<hal::WebSocket> socket, std::string user, Owner& owner, hal::Loop& loop);
  void start();

  /// Tells the sessions, if it was asked to: at once, or only when the interval has passed.
  void push(bool at_once);
  /// {"MessageType":type,"Data":data,...}; `data` is JSON, or empty for none.
  void send(const std::string& type, const std::string& data);
  const std::string& user() const { return user_; }

 private:
  void on_message(hal::MessageKind kind, std::string_view payload) override;
  void on_closed(std::uint16_t code, std::string_view reason) override;
  void watch();

  std::unique_ptr<hal::WebSocket> socket_;
  std::string user_;
  Owner& owner_;
  hal::Loop& loop_;
  bool subscribed_ = false;
  hal::Duration interval_{0};
  hal::Instant pushed_at_{};
  hal::Instant kept_alive_at_;
  std::uint64_t messages_ = 0;
  hal::Operation watching_;
};

}   // namespace nightjar::sim::media
