#pragma once
// SSDP and the UPnP description: how a camera is found. Internal to sim/camera.
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "hal/http.h"
#include "hal/network.h"
#include "hal/random.h"
#include "hal/time.h"
#include "sim/camera/camera_options.h"

namespace nightjar::sim::camera {

class Announcer final : public hal::HttpHandler {
 public:
  struct Facts {
    hal::IpAddress address;
    std::string access_url;
    std::function<bool()> held;   // by a controller
    bool moved = false;           // was at another address until now: says goodbye to that first
  };

  Announcer(const CameraOptions& options, hal::Loop& loop, hal::HttpServers& servers, hal::Network& network, hal::Random& random)
      : options_(options), loop_(loop), servers_(servers), network_(network), random_(random) {}

  /// The description server first, then SSDP; a network without multicast leaves SSDP silent.
  hal::Result<void> start(Facts facts);
  void stop(bool says_goodbye);
  std::string description_url() const;

 private:
  static constexpr std::size_t kAnswersMax = 32;   // M-SEARCH answers that wait for their moment; more are not given

  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  void open_ssdp();
  void heard(const hal::Datagram& datagram);
  void notify(const char* what);
  void notify_again();
  std::string description() const;
  std::string usn(const std::string& type) const;

  const CameraOptions& options_;
  hal::Loop& loop_;
  hal::HttpServers& servers_;
  hal::Network& network_;
  hal::Random& random_;
  Facts facts_;
  std::deque<hal::Operation> answers_;
  hal::Operation notify_timer_;
  std::unique_ptr<hal::DatagramSocket> socket_;
  std::unique_ptr<hal::HttpServer> server_;
};

}   // namespace nightjar::sim::camera
