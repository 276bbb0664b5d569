#pragma once
// The people in the house and the gremlins, over HTTP, for tests from outside the program.
//
//   GET  /sim/state      faults, counts, users, sessions
//   POST /sim/faults     any of slow_s, status, garbage, refuse_socket, mute_socket, half_open; {"clear":true} ends all
//   POST /sim/power      {"on":false}
//   POST /sim/sockets    {} breaks every WebSocket
//   POST /sim/users      {"add":"ada"} answers {"id":..}; {"remove":ID}
//   POST /sim/sessions   {"start":USER,"client":..,"device":..} answers {"id":..}; {"play":ID,"item":..}, {"pause":ID}, {"resume":ID},
//                        {"stop":ID}, {"end":ID}
// POSTs answer 200, or 400 {"message":..}.
#include "sim/media/media_server.h"

namespace nightjar::sim {

class MediaControl final : public hal::HttpHandler {
 public:
  explicit MediaControl(MediaServer& server) : server_(server) {}

 private:
  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  MediaServer& server_;
};

}   // namespace nightjar::sim
