#pragma once
// The device: every part made, owned and wired. Who hears of what is written here and nowhere else.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/camera_control.h"
#include "app/camera_finder.h"
#include "app/camera_slot.h"
#include "app/camera_time_keeper.h"
#include "app/client.h"
#include "app/front_panel.h"
#include "app/hub.h"
#include "app/last_picture.h"
#include "app/metrics_feed.h"
#include "app/media_link.h"
#include "app/messages/server_message.h"
#include "app/radio.h"
#include "app/settings.h"
#include "app/shared_session.h"
#include "app/time_keeper.h"
#include "app/reports.h"
#include "app/timelapse.h"
#include "app/uplink.h"
#include "app/web.h"
#include "hal/load.h"
#include "hal/media_server.h"
#include "hal/power.h"
#include "hal/wifi.h"

namespace nightjar::app {

/// What the device is made of. A part that is not fitted is null; all others outlive the device.
struct Devices {
  hal::Loop& loop;
  hal::WallClock& wall_clock;
  hal::Network& network;
  hal::HttpServers& servers;
  hal::Cameras& cameras;
  hal::Storage& storage;
  hal::Random& random;
  hal::Log& log;
  hal::Power* power = nullptr;
  hal::Wifi* wifi = nullptr;
  hal::Discovery* discovery = nullptr;
  hal::Gpio* gpio = nullptr;
  Pins pins{};
  hal::Load* load = nullptr;
  const hal::Tokens* tokens = nullptr;
  UplinkRoute uplink{};
  hal::MediaServer* media_server = nullptr;
  hal::WebSockets* web_sockets = nullptr;
  Vicinities vicinities{};
};

class Nightjar final : private Client::Owner {
 public:
  Nightjar(const Devices& devices, Settings settings);
  ~Nightjar() override;

  /// Recovers what a power cut left, then opens the port. `ready` gets where it listens, or why it cannot.
  void start(std::function<void(hal::Result<hal::Endpoint>)> ready);

  /// Stops accepting, lets a photo in flight finish, tells the clients, closes; then calls `done`. At the latest after kShutDownMax.
  void shut_down(std::function<void()> done);
  /// Clients of /ws at once; past it the handshake is answered 503.
  static constexpr std::size_t kClientsMax = 256;
  /// Between two photos that playback on the media server triggers.
  static constexpr auto kMediaPhotoPause = std::chrono::seconds{5};
  static constexpr auto kShutDownMax = std::chrono::seconds{4};   // contract.md, section 7: exit within 5 s

  /// `on_step` hears every step of every machine from now on.
  void watch(std::function<void(const sml::Step&)> on_step) { runtime_.trace.on_step = std::move(on_step); }

  /// What the port answers, for those who describe it.
  std::vector<std::string> routes() const { return web_.routes(); }

  /// Where the camera is, when it cannot announce itself.
  void use_camera(hal::HttpOrigin origin);

  /// The session of several devices, for those who look at it from outside.
  SharedSession& shared_session() { return shared_; }

 private:
  // Client::Owner
  std::string welcome_text(const std::string& client_id) override;
  hal::Buffer status_text() override;
  std::string error_text(const BadRequest& bad) override;
  void on_client_message(const std::shared_ptr<Client>& client, const ClientMessage& message) override;
  void on_client_gone(Client& client) override;
  void wire_camera();
  void wire_finder();
  void wire_timelapse();
  void wire_reports();
  void wire_panel();
  // nightjar_time.cpp, nightjar_wifi.cpp: with what clients say about it, by message and by REST
  void wire_time();
  void add_time_routes();
  void wire_wifi();
  void add_wifi_routes();
  void on_time_message(const std::shared_ptr<Client>& client, const TimeMessage& message);
  void on_network_message(const std::shared_ptr<Client>& client, const NetworkMessage& message);
  TimeSyncView time_view() const;
  void compare_camera_clock();
  void answer_network(const std::weak_ptr<Client>& client, const char* operation, const char* type, const hal::Result<void>& result, const std::string& ssid = {});
  void wire_media();
  void media_photo();
  void wire_web();
  void wire_uplink();
  void obey_upstream(const ClientMessage& message, std::function<void(std::string error)> answer);
  hal::Buffer metrics_text();
  void refresh_load();
  void wire_hub();
  void wire_sharing();
  void add_sharing_routes();
  void shoot_for_session(std::function<void(hal::Result<void>)> done);
  std::string machines_json(std::size_t since);
  void last_picture(hal::HttpReply reply);
  void add_client(const hal::HttpRequest& request, std::unique_ptr<hal::WebSocket> socket);
  using Answer = std::function<void(const hal::Result<void>&)>;
  void take_photo(Answer answer);
  void connect_to_ip(const ConnectToIp& where, Answer answer);
  void on_reports_asked(const std::shared_ptr<Client>& client, const GetReports& asked);
  void on_report_asked(const std::shared_ptr<Client>& client, const std::string& id);
  Answer report_answer(const std::shared_ptr<Client>& client, const char* operation, const std::string& id);
  // nightjar_camera.cpp
  void wire_camera_control();
  void heed_heat();
  void on_camera_message(const std::weak_ptr<Client>& asker, const GetCameraSettings&);
  void on_camera_message(const std::weak_ptr<Client>& asker, const SetCameraSetting& wish);
  void on_camera_message(const std::weak_ptr<Client>& asker, const CaptureLiveview&);
  void on_camera_message(const std::weak_ptr<Client>& asker, const SetBulb& bulb);
  static void tell(const std::weak_ptr<Client>& client, std::string text);

  void settle_probe(const hal::Result<void>& result);
  void answer(const std::weak_ptr<Client>& client, const char* operation, const hal::Result<void>& result, const char* code = nullptr);
  hal::Result<void> forget_camera(const std::string& uuid);
  void broadcast(std::string text);
  void tell_changed();
  StatusView view();
  void refresh_readings();
  const fsm::Pattern& pattern() const;
  void close_when_quiet();
  hal::WallTime wall_now() const { return devices_.wall_clock.now(); }

  Devices devices_;
  Settings settings_;
  Queue queue_;
  Runtime runtime_;
  hal::Instant started_;
  KnownCameras known_cameras_;
  CameraSlot camera_;
  CameraControl control_;
  CameraFinder finder_;
  Reports reports_;
  Timelapse timelapse_;
  FrontPanel panel_;
  LastPicture picture_;
  TimeKeeper time_;
  CameraTimeKeeper camera_time_;
  Radio radio_;
  Uplink uplink_;
  MetricsFeed metrics_feed_;
  std::optional<MediaLink> media_;       // none without a server
  hal::Instant media_photo_after_{};
  Web web_;
  Hub hub_;
  SharedSession shared_;
  std::vector<std::shared_ptr<Client>> clients_;
  hal::Buffer status_text_;              // as of status_at_
  hal::WallTime status_at_{};
  bool status_changed_ = true;
  hal::PowerReading power_;
  hal::LoadReading load_;
  std::optional<hal::Storage::Space> disk_;
  hal::Buffer metrics_text_;             // as of metrics_at_
  std::optional<hal::Instant> metrics_at_;
  hal::Operation reading_load_;
  hal::Operation reading_disk_;
  hal::Operation reading_power_;
  std::string linked_serial_;            // of the camera the link has been to last
  /// connect_to_ip: one at a time, the last asked for. The present camera is kept until another has answered at the new address;
  /// at its own address it is tried at once.
  struct Probe {
    std::unique_ptr<hal::Camera> camera;
    hal::Operation opening;
    std::function<void(const hal::Result<void>&)> answer;   // to whoever asked
  };
  Probe probe_;
  std::function<void()> closed_;         // whoever waits for the end
  hal::Operation closing_;
  hal::Instant close_by_{};
  std::unique_ptr<hal::HttpServer> server_;
};

}  // namespace nightjar::app
