#pragma once
// The one port: page, REST, WebSocket. Parses, checks who may, and hands on; what is done is the device's.
#include <functional>
#include <memory>
#include <string>

#include "app/settings.h"
#include "hal/storage.h"
#include "hal/websocket.h"

namespace nightjar::app {

class Web final : public hal::HttpHandler {
 public:
  /// What the pages ask of the device.
  class Device {
   public:
    virtual ~Device() = default;
    virtual std::string status_json() = 0;
    virtual std::string machines_json() = 0;
    virtual void last_picture(hal::HttpReply reply) = 0;
    virtual void add_client(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) = 0;
    virtual std::size_t client_count() const = 0;
  };

  /// Clients of /ws at once; past it the handshake is answered 503.
  static constexpr std::size_t kClientsMax = 256;

  Web(Device& device, hal::Storage& storage, const Settings& settings) : device_(device), storage_(storage), settings_(settings) {}

 private:
  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  std::optional<hal::HttpResponse> on_upgrade(const hal::HttpRequest& request) override;
  void on_websocket(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket) override;

  void api(const hal::HttpRequest& request, hal::HttpReply reply);
  void report(std::string_view id, hal::HttpReply reply);
  void reports(hal::HttpReply reply);
  bool is_allowed(const hal::HttpRequest& request) const;

  Device& device_;
  hal::Storage& storage_;
  const Settings& settings_;
};

}  // namespace nightjar::app
