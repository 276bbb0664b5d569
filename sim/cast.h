#pragma once
// Everybody who is in a scenario's world, made from its data.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/device.h"
#include "sim/phone.h"
#include "sim/scenario.h"
#include "sim/world.h"

namespace nightjar::sim {

/// Of a scenario's cameras.
constexpr std::uint16_t ccapi_port(bool tls) { return tls ? 443 : 8080; }

struct Cast {
  struct Pi {
    std::unique_ptr<Device> device;
    CameraUnit* camera = nullptr;             // the one it drives; none: nothing
    std::vector<Phone*> phones;
    std::string session_code;                 // of the session it has hosted last
    MediaUnit* media = nullptr;               // none: it has no such link
    MetricsUnit* metrics = nullptr;
    struct CutInWrite {
      hal::Duration lasts{0};                 // not 0: its power goes while the next write is in the air, for so long
      hal::Duration into{0};                  // ... when the write has lasted this
      std::uint64_t met = 0;                  // the write that it waits for the middle of
    };
    CutInWrite cut_in_write{};
  };
  struct Seat {
    std::unique_ptr<Phone> phone;
    Pi* pi = nullptr;
    std::string session_id;                   // the last it has heard of
  };

  explicit Cast(const Scenario& scenario);

  Pi* pi(std::string_view name);
  CameraUnit* camera(std::string_view name);
  Seat* seat(std::string_view name);
  MediaUnit* media_server(std::string_view name);
  MetricsUnit* metrics_server(std::string_view name);
  Host* host(std::string_view name);

  World world;
  MulticastAir air;                           // by which devices hear of each other's sessions
  std::vector<std::unique_ptr<Pi>> pis;
  std::vector<std::unique_ptr<CameraUnit>> cameras;
  std::vector<std::unique_ptr<Seat>> seats;
  std::vector<std::unique_ptr<MediaUnit>> media_servers;
  std::vector<std::unique_ptr<MetricsUnit>> metrics_servers;

 private:
  void add(const ServerSpec& spec, const hal::IpAddress& address);
};

}   // namespace nightjar::sim
