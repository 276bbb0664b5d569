#pragma once
// The person at the camera, over HTTP, for tests from outside the program. Internal to sim/camera.
//
//   GET  /sim/state      what it is and does
//   GET  /sim/shots      {"started_wall_ms", "shots":[{"monotonic_ns","wall_ms","connection","remote","status"}],
//                         "exposures":[{"opened_ns","closed_ns","file"}]}; ns are monotonic, since the camera object was made
//   GET  /sim/log        {"requests":[{"at_ns","method","target","connection","remote","status"}]}
//   POST /sim/power      {"on":false,"goodbye":true}
//   POST /sim/network    {"away_s":30}  or  {"address":"192.168.4.7"}
//   POST /sim/faults     {"kind":"busy|bad_gateway|hang|reset|cut|garbage","times":3,"message":"Device busy",
//                         "where":"/shutterbutton"}, {"no_file":3}, {"clear":true}
//   POST /sim/condition  any of battery, temperature, card (fits|full|removed|locked), lens, focus_fails, records,
//                        first_poll_full, trailing_event, clock_offset_s, latency_ms, jitter_ms
//   POST /sim/settings   {"name":"tv","value":"1/125"}
// POSTs answer {} or 400 {"message":..}; times -1 means until the camera is power-cycled.
#include "sim/camera/answer.h"
#include "sim/camera/camera.h"

namespace nightjar::sim::camera {

class Control final : public hal::HttpHandler {
 public:
  Control(Camera& camera, hal::Loop& loop, hal::WallClock& wall_clock)
      : camera_(camera), started_(loop.now()), started_wall_(wall_clock.now()) {}

 private:
  void on_request(const hal::HttpRequest& request, hal::HttpReply reply) override;
  /// Nothing when it was done, else what is wrong with it.
  std::optional<std::string> command(std::string_view path, const Json& body);
  std::optional<std::string> power(const Json& body);
  std::optional<std::string> network(const Json& body);
  std::optional<std::string> faults(const Json& body);
  std::optional<std::string> condition(const Json& body);

  Json state() const;
  Json shots() const;
  Json log() const;
  std::int64_t since_start(hal::Instant at) const { return (at - started_).count(); }

  Camera& camera_;
  hal::Instant started_;
  hal::WallTime started_wall_;
  hal::Operation later_;
};

}   // namespace nightjar::sim::camera
