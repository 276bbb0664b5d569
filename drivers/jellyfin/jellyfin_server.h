#pragma once
// A Jellyfin server over HTTP and its WebSocket.
#include <memory>
#include <optional>
#include <string>

#include "drivers/jellyfin/jellyfin_messages.h"
#include "hal/http.h"
#include "hal/media_server.h"
#include "hal/network.h"
#include "hal/time.h"
#include "hal/websocket.h"

namespace nightjar::jellyfin {

struct Place {
  bool tls = false;
  std::string host;                  // a name or an address
  std::uint16_t port = 8096;
  std::string base_path;             // "" or "/jellyfin", as set in the server's networking page
  std::string pinned_certificate;    // as hal::HttpOrigin's
};

/// One server; the contract is hal::MediaServer's. Requests go over one kept connection, one after another; pushes over a WebSocket of
/// their own. Loop thread only; what is lent outlives it and its feeds.
class JellyfinServer final : public hal::MediaServer {
 public:
  struct Lent {
    hal::Network& network;
    hal::HttpClients& clients;
    hal::WebSockets& sockets;
    hal::Loop& loop;
  };
  JellyfinServer(Place place, std::string api_key, Identity identity, const Lent& lent);

  hal::Operation info(hal::Duration patience, std::function<void(hal::Result<hal::MediaServerInfo>)> done) override;
  hal::Operation users(hal::Duration patience, std::function<void(hal::Result<hal::MediaUsers>)> done) override;
  hal::Operation sessions(hal::Duration patience, std::function<void(hal::Result<hal::MediaSessions>)> done) override;
  hal::Operation listen(hal::Duration patience, std::function<void(hal::Result<std::unique_ptr<hal::MediaFeed>>)> done) override;

 private:
  hal::HttpOrigin origin(const hal::IpAddress& address) const;
  template <class T, class Parse>
  hal::Operation get(std::string_view path, hal::Duration patience, Parse parse, std::function<void(hal::Result<T>)> done);

  Place place_;
  std::string api_key_;
  Identity identity_;
  Lent lent_;
  std::optional<hal::IpAddress> address_;   // as looked up last
  std::unique_ptr<hal::HttpClient> client_; // to it
};

}   // namespace nightjar::jellyfin
