#pragma once
// The media server of the settings, over this kernel's network.
#include <memory>

#include "app/settings.h"
#include "drivers/jellyfin/jellyfin_server.h"
#include "drivers/net/http_client.h"
#include "drivers/net/websocket_dialer.h"

namespace nightjar::boards {

class MediaServer {
 public:
  /// What is lent outlives it. `invalid` when the url is none, `missing` without the system's authorities where they are needed.
  static hal::Result<std::unique_ptr<MediaServer>> make(const app::Settings::MediaServer& settings, hal::Network& network, hal::Loop& loop,
                                                        hal::Random& random);
  hal::MediaServer& server() { return server_; }

 private:
  MediaServer(jellyfin::Place place, const app::Settings::MediaServer& settings, net::TlsTrust trust, hal::Network& network, hal::Loop& loop,
              hal::Random& random);
  net::HttpClients clients_;
  net::WebSocketDialer sockets_;
  jellyfin::JellyfinServer server_;
};

/// "http://attic.local:8096/jellyfin" taken apart; nothing when it is not like that.
std::optional<jellyfin::Place> media_place(const std::string& url);

}  // namespace nightjar::boards
